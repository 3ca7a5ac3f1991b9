"""Archives from strangers: nothing may be written outside, fill memory or disk, or stop the good rows."""

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile

import pytest

from mining.corpora.errors import UnreadableFile
from mining.images import sources, tars
from mining.images.check import BYTES_MOST, BadImage
from mining.images.sources import open_images


def zipped(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def tarred(path, entries, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for entry, content in entries:
            if isinstance(entry, str):
                entry = tarfile.TarInfo(entry)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def opened(path, tmp_path):
    return open_images(path, name=path.name, work_dir=tmp_path / "work")


def everything_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "tar.gz", "tar.xz"])
def test_images_are_read_by_name_from_folder_and_archive(tmp_path, kind):
    entries = {"a.png": b"one", "deep/b.png": b"two", "中文.png": b"three"}
    path = tmp_path / f"images.{kind}"
    if kind == "folder":
        for name, content in entries.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    elif kind == "zip":
        zipped(path, entries)
    else:
        tarred(path, [(f"./{name}", content) for name, content in entries.items()], f"w:{kind[4:]}")

    with opened(path, tmp_path) as images:
        assert {name: images.read(name) for name in entries} == entries
        assert images.read("./deep\\b.png") == b"two"
        with pytest.raises(BadImage, match=r"“c\.png” is not there"):
            images.read("c.png")


@pytest.mark.parametrize("kind", ["folder", "zip", "tar"])
@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/passwd", "a/../../secret.png", "C:\\secret.png", "..\\secret.png"]
)
def test_no_name_leads_out(tmp_path, kind, name):
    (tmp_path / "secret.png").write_bytes(b"secret")
    path = tmp_path / "inner" / kind
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    elif kind == "zip":
        zipped(path, {name: b"planted", "a.png": b"fine"})
    else:
        tarred(path, [(name, b"planted"), ("a.png", b"fine")])
    before = everything_in(tmp_path)

    with opened(path, tmp_path) as images, pytest.raises(BadImage, match="from within the folder or archive"):
        images.read(name)

    written = everything_in(tmp_path) - before
    assert all(one == "work" or one.startswith("work/images") for one in written)
    assert (tmp_path / "secret.png").read_bytes() == b"secret"


def test_links_lead_nowhere(tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    os.mkfifo(folder / "pipe.png")
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as archive:
        archive.writestr(link, "../secret.png")
    entries = []
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        entry = tarfile.TarInfo("link.png")
        entry.type, entry.linkname = kind, str(tmp_path / "secret.png")
        entries.append((entry, b""))
    tarred(tmp_path / "links.tar", entries)

    for path in (folder, tmp_path / "links.zip", tmp_path / "links.tar"):
        with opened(path, tmp_path) as images, pytest.raises(BadImage):
            images.read("link.png")
    with opened(folder, tmp_path) as images, pytest.raises(BadImage, match="not there"):
        images.read("pipe.png")


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path = zipped(tmp_path / "bomb.zip", {"bomb.png": b"\0" * (BYTES_MOST + 1), "a.png": b"fine"})

    with opened(path, tmp_path) as images:
        with pytest.raises(BadImage, match="more than 20 MB"):
            images.read("bomb.png")
        assert images.read("a.png") == b"fine"


def test_a_zip_that_lies_about_a_size_is_read_no_further(tmp_path):
    path = zipped(tmp_path / "liar.zip", {"bomb.png": b"\0" * (BYTES_MOST + 1)})
    raw = path.read_bytes().replace(struct.pack("<L", BYTES_MOST + 1), struct.pack("<L", 100))
    path.write_bytes(raw)

    with opened(path, tmp_path) as images, pytest.raises(BadImage):
        images.read("bomb.png")


def test_a_zip_with_an_endless_list_of_contents_is_refused(tmp_path, monkeypatch):
    path = zipped(tmp_path / "many.zip", {f"{number}.png": b"" for number in range(100)})
    monkeypatch.setattr(sources, "DIRECTORY_MOST", 1_000)

    with pytest.raises(UnreadableFile, match="split it"), opened(path, tmp_path):
        pass


def test_an_encrypted_file_is_named(tmp_path):
    path = zipped(tmp_path / "locked.zip", {"a.png": b"secret"})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)

    with opened(path, tmp_path) as images, pytest.raises(BadImage, match="encrypted"):
        images.read("a.png")


def test_a_big_file_in_a_tar_is_left_out_and_the_rest_is_there(tmp_path):
    path = tarred(tmp_path / "bomb.tar.gz", [("bomb.png", b"\0" * (BYTES_MOST + 1)), ("a.png", b"fine")])

    with opened(path, tmp_path) as images:
        with pytest.raises(BadImage, match="more than 20 MB"):
            images.read("bomb.png")
        assert images.read("a.png") == b"fine"
    assert sum(one.stat().st_size for one in (tmp_path / "work").rglob("*") if one.is_file()) < 100


def test_a_tar_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = tarred(tmp_path / "bomb.tar.gz", [(f"{number}.png", b"\0" * 10_000) for number in range(20)])
    monkeypatch.setattr(tars, "UNPACKED_MOST", 50_000)

    with pytest.raises(UnreadableFile, match="split it"), opened(path, tmp_path):
        pass


def test_a_tar_header_that_would_fill_the_memory_is_refused(tmp_path):
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 4 << 30
    path = tmp_path / "header.tar.gz"
    path.write_bytes(gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 1_000_000))

    with pytest.raises(UnreadableFile, match="a header of more than a megabyte"), opened(path, tmp_path):
        pass


@pytest.mark.parametrize(
    "content", [b"", b"neither one nor the other", gzip.compress(b"x" * 100, mtime=0), b"PK\x05\x06"]
)
def test_what_is_no_archive_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "images.bin"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match=r"images\.bin: "), opened(path, tmp_path):
        pass


def test_a_tar_that_is_cut_off_is_told(tmp_path):
    path = tarred(tmp_path / "cut.tar.gz", [("a.png", os.urandom(100_000))])
    path.write_bytes(path.read_bytes()[:50_000])

    with pytest.raises(UnreadableFile, match=r"cut\.tar\.gz"), opened(path, tmp_path):
        pass


def test_an_unpacked_tar_is_not_unpacked_again(tmp_path):
    path = tarred(tmp_path / "images.tar", [("a.png", b"fine")])
    with opened(path, tmp_path):
        pass
    path.write_bytes(b"no longer an archive")

    with opened(path, tmp_path) as images:
        assert images.read("a.png") == b"fine"
