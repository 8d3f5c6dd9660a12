"""The process that draws a file's pages: `python -m agency.drawing WIDTH PAGES OUT < file`.

Started by `agency.rendering`; knows nothing of the office.
"""

import io
import json
import resource
import sys
import warnings
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

MEMORY_BYTES = 1536 * 1024 * 1024
FILE_BYTES = 64 * 1024 * 1024
PICTURE_PIXELS = 120_000_000
LOCKED = "locked"


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _draw_pdf(content: bytes, *, width: int, pages: int, out: Path) -> dict:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        return {"error": LOCKED if "password" in str(error).lower() else "damaged"}
    drawn = 0
    for number in range(min(pages, len(document))):
        page = document[number]
        scale = width / max(page.get_width(), 1)
        if page.get_height() * scale > 4 * width:  # a strip of paper without end
            scale = 4 * width / page.get_height()
        page.render(scale=scale).to_pil().save(out / f"{number + 1}.png", optimize=False)
        page.close()
        drawn += 1
    return {"pages": drawn, "total": len(document)}


def _draw_picture(content: bytes, *, width: int, pages: int, out: Path) -> dict:
    Image.MAX_IMAGE_PIXELS = PICTURE_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as picture:
        picture.draft("RGB", (width, width))
        turned = ImageOps.exif_transpose(picture)
        turned.thumbnail((width, 4 * width))
        # Drawn anew: nothing of the sender's file but its pixels reaches a browser.
        turned.convert("RGB").save(out / "1.png", optimize=False)
    return {"pages": 1, "total": 1}


def main() -> None:
    width, pages, out = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    _bound()
    content = sys.stdin.buffer.read()
    try:
        draws = _draw_pdf if content[:5] == b"%PDF-" else _draw_picture
        answer = draws(content, width=width, pages=pages, out=out)
    except Exception:  # noqa: BLE001 - whatever the file did to it
        answer = {"error": "damaged"}
    sys.stdout.write(f"{json.dumps(answer)}\n")


if __name__ == "__main__":
    main()
