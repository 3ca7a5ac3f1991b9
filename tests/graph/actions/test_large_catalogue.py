import psutil
import pytest

from graph.actions.catalogue import CategoryRow, ItemRow, upsert_categories, upsert_items
from graph.actions.setup import ensure_default_ontology
from graph.models import Triple

MEGABYTE = 1024 * 1024


@pytest.mark.slow
@pytest.mark.django_db
def test_memory_does_not_grow_with_the_catalogue():
    ensure_default_ontology()
    categories = [CategoryRow(f"c{number}", "", {"en": f"Category {number}"}) for number in range(20)]
    upsert_categories(categories, by=None, actor="t", reference="run/1")
    process, used = psutil.Process(), []

    def items(count):
        for number in range(count):
            if number % 10_000 == 0:
                used.append(process.memory_info().rss)
            values = [("Texture", f"texture {number % 50}"), ("Size", f"{number % 200} ml")]
            yield ItemRow(f"item {number}", f"c{number % 20}", "en", f"Cream number {number}", values)

    done = upsert_items(items(100_000), by=None, actor="t", reference="run/2")
    used.append(process.memory_info().rss)

    assert (done.added, done.unchanged, done.problems) == (100_000, 0, [])
    assert Triple.objects.filter(relation__name="has_property").count() == 200_000
    # Against the second look: by then the first batches have made their buffers.
    assert max(used) - used[1] < 20 * MEGABYTE
