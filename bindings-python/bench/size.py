"""The size of the installed package, and of its native part."""

from pathlib import Path

import shutterkey

folder = Path(shutterkey.__file__).parent
native = sum(file.stat().st_size for file in folder.glob("_native*.so"))
whole = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc")
print(f"installed: {whole / 1e6:.2f} MB, of which the native part is {native / 1e6:.2f} MB")
