"""Corpora and their documents, and the two steps of an import: choose files, say which column is what."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mining import statistics
from mining.actions.imports_uploads import UploadGone, find_upload, look_into, save_upload, start_import
from mining.forms import MappingForm, UploadForm
from mining.models import Corpus, Document
from mining.views.paging import by_id
from people.access import requires
from people.errors import UserError


@requires("curator")
@require_safe
def corpora(request):
    return render(
        request, "mining/corpora.html", {"rows": statistics.corpora(), "totals": statistics.totals()}
    )


@requires("curator")
@require_safe
def corpus(request, corpus_id):
    found = get_object_or_404(Corpus, pk=corpus_id)
    documents = Document.objects.filter(corpus=found).select_related("category")
    language = request.GET.get("language", "")
    if language:
        documents = documents.filter(language=language)
    sizes = next((row for row in statistics.corpora() if row["corpus"].pk == found.pk), None)
    return render(
        request,
        "mining/corpus.html",
        {
            "corpus": found,
            "sizes": sizes,
            "page": by_id(request, documents.defer("text")),
            "language": language,
        },
    )


SENTENCES_SHOWN = 500


@requires("curator")
@require_safe
def document(request, document_id):
    found = get_object_or_404(
        Document.objects.select_related("corpus", "category", "item", "duplicate_of", "imported_by"),
        pk=document_id,
    )
    spans = found.sentences.order_by("start")
    sentences = [(span, found.text[span.start : span.end]) for span in spans[:SENTENCES_SHOWN]]
    return render(
        request,
        "mining/document.html",
        {"document": found, "sentences": sentences, "more": max(0, spans.count() - SENTENCES_SHOWN)},
    )


@requires("admin")
def import_files(request):
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        wanted = dict(form.cleaned_data)
        what, files, images = wanted.pop("what"), wanted.pop("chosen"), wanted.pop("images")
        try:
            upload = save_upload(what=what, files=files, options=wanted, by=request.user, images=images)
        except UserError as error:
            form.add_error("chosen", str(error))
        else:
            return redirect("mining:import-columns", upload.token)
    names = Corpus.objects.order_by("name").values_list("name", flat=True)[:500]
    return render(request, "mining/corpora_import.html", {"form": form, "names": names})


@requires("admin")
def import_columns(request, token):
    try:
        upload = find_upload(token, request.user)
        preview = look_into(upload)
    except UploadGone as error:
        messages.warning(request, str(error))
        return redirect("mining:import")
    form = MappingForm(request.POST or None, what=upload.what, preview=preview)
    if request.method == "POST" and form.is_valid():
        try:
            run = start_import(upload=upload, columns=form.cleaned_data, by=request.user)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The import was started."))
            return redirect("mining:run", run.pk)
    return render(
        request, "mining/corpora_columns.html", {"form": form, "upload": upload, "preview": preview}
    )
