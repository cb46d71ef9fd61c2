"""Pack the built site: _build/networks-with-memory.zip, to open offline.

Run by ``make zip``. The same site gives the same bytes: the order is that
of the names, and every date is the first that a zip can hold.
"""

import re
import zipfile
from pathlib import Path

import build

NAME = "networks-with-memory"
# What serves a host or a builder, and no reader.
UNREAD = re.compile(
    r"\.buildinfo$|objects\.inv$|webpack-macros\.html$|\.(map|md|mo|po)$"
)


def pack(site: Path, target: Path) -> None:
    """Write the files of a site into one folder of a zip."""
    files = sorted(path for path in site.rglob("*") if path.is_file())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            inside = path.relative_to(site)
            if UNREAD.search(path.name):
                continue
            entry = zipfile.ZipInfo(f"{NAME}/{inside.as_posix()}")
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)


def main() -> None:
    """Build the site where something changed, and pack it."""
    build.main()
    target = build.BUILD / f"{NAME}.zip"
    pack(build.SITE, target)
    size = target.stat().st_size / 1e6
    print(f"_build/{target.name}: {size:.1f} MB")


if __name__ == "__main__":
    main()
