"""A seal for the demo's letters: a red ring that says of itself that it is no real one."""

from __future__ import annotations

from io import BytesIO
from math import cos, pi, sin
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

SIZE, MARGIN, RING = 600, 24, 14
RED = (200, 30, 30, 215)
FONT = Path(settings.BASE_DIR) / "agency" / "fonts" / "office-letter.ttf"
MARK = "演示"


def seal(name: str) -> SimpleUploadedFile:
    """Return the picture of a round seal with the office's name around and 演示 in it."""
    image = Image.new("RGBA", (SIZE, SIZE), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((MARGIN, MARGIN, SIZE - MARGIN, SIZE - MARGIN), outline=RED, width=RING)
    centre = SIZE / 2
    draw.polygon(_star(centre, centre - 20, 92), fill=RED)
    draw.text(
        (centre, SIZE - 150), MARK, font=ImageFont.truetype(str(FONT), 92), fill=RED, anchor="mm"
    )
    _around(image, name)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return SimpleUploadedFile("演示印章.png", buffer.getvalue(), content_type="image/png")


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """Five points, the first one up."""
    angles = (-pi / 2 + n * pi / 5 for n in range(10))
    lengths = (radius, radius * 0.382) * 5
    return [
        (x + length * cos(angle), y + length * sin(angle))
        for angle, length in zip(angles, lengths, strict=True)
    ]


def _around(image: Image.Image, text: str) -> None:
    """Write the text on an arc along the upper part of the ring."""
    font = ImageFont.truetype(str(FONT), 56)
    spread = min(230, 22 * len(text))
    step = spread / max(1, len(text) - 1)
    radius = SIZE / 2 - MARGIN - RING - 46
    for n, character in enumerate(text):
        degrees = -spread / 2 + n * step
        tile = Image.new("RGBA", (90, 90), (255, 255, 255, 0))
        ImageDraw.Draw(tile).text((45, 45), character, font=font, fill=RED, anchor="mm")
        tile = tile.rotate(-degrees, resample=Image.Resampling.BICUBIC)
        angle = degrees / 180 * pi - pi / 2
        x, y = SIZE / 2 + radius * cos(angle) - 45, SIZE / 2 + radius * sin(angle) - 45
        image.alpha_composite(tile, (round(x), round(y)))
