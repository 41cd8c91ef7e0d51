"""Screens that show a document: a phone's file viewer, a desktop browser, both also dark."""

from __future__ import annotations

from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFont

from portal.demo.drawing import pictures
from portal.platform import fonts

Colour = tuple[int, int, int]


@cache
def face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of ours at a size in pixels."""
    return ImageFont.truetype(fonts.FOLDER / f"{name}.ttf", size, layout_engine=ImageFont.Layout.BASIC)


def on_phone(page: Image.Image, random: Random, *, dark: bool = False) -> Image.Image:
    """1080 × 2340: status bar, the viewer's bar with the file's name, the page zoomed to its width, a grey rest."""
    ink, bar, rest = (
        ((236, 236, 238), (32, 33, 36), (12, 12, 13)) if dark else ((28, 28, 30), (242, 242, 244), (214, 216, 219))
    )
    screen = Image.new("RGB", (1080, 2340), rest)
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1080, 236), fill=bar)
    hour, minute, charge = random.randrange(7, 20), random.randrange(60), random.randrange(18, 99)
    draw.text((56, 34), f"{hour:02d}:{minute:02d}", fill=ink, font=face("IBMPlexSans-Bold", 40))
    draw.text((1024, 34), f"{charge}%", fill=ink, font=face("IBMPlexSans-Bold", 40), anchor="ra")
    _signal(draw, 830, 46, ink)
    _arrow(draw, 64, 172, ink)
    draw.text((130, 140), _viewer_title(random), fill=ink, font=face("IBMPlexSans-Regular", 48))
    for dot in range(3):
        draw.ellipse((1010, 150 + dot * 18, 1018, 158 + dot * 18), fill=ink)
    inner = _without_margins(page)
    shown = pictures.darkened(inner) if dark else inner
    shown = shown.resize((1080, round(shown.height * 1080 / shown.width)), Image.Resampling.LANCZOS)
    screen.paste(shown, (0, 262))
    draw.rounded_rectangle((390, 2310, 690, 2320), 5, fill=ink)
    return screen


def on_desktop(page: Image.Image, random: Random, *, dark: bool = False) -> Image.Image:
    """1440 wide: a browser's tabs and address, the document below on its grey desk."""
    ink, bar, desk = (
        ((226, 227, 230), (44, 46, 50), (24, 25, 27)) if dark else ((52, 56, 62), (236, 238, 241), (120, 124, 130))
    )
    shown = pictures.darkened(page) if dark else page
    wide = 1440 if page.width > page.height else 1080
    shown = shown.resize((wide, round(shown.height * wide / shown.width)), Image.Resampling.LANCZOS)
    screen = Image.new("RGB", (1440, min(96 + shown.height + 24, 1700)), desk)
    screen.paste(shown, ((1440 - wide) // 2, 96))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1440, 95), fill=bar)
    draw.rounded_rectangle((14, 10, 330, 60), 12, fill=desk if dark else (255, 255, 255))
    plain = face("IBMPlexSans-Regular", 19)
    draw.text((34, 16), _viewer_title(random), fill=ink, font=plain)
    draw.rectangle((0, 46, 1440, 95), fill=desk if dark else (255, 255, 255))
    _arrow(draw, 36, 70, ink, size=9)
    draw.rounded_rectangle((90, 53, 1380, 88), 17, fill=bar)
    draw.text((112, 58), f"file:///Downloads/{_viewer_title(random)}", fill=ink, font=plain)
    return screen


def _viewer_title(random: Random) -> str:
    return random.choice(("PaymentNotification.pdf", "proof of payment.pdf", "POP 360.pdf", "payment.pdf"))


def _without_margins(page: Image.Image) -> Image.Image:
    """The inked part with a finger's breadth around it, as people zoom in; at least half as high as wide."""
    box = page.convert("L").point(lambda value: 255 if value < 200 else 0).getbbox() or (0, 0, *page.size)
    gap = page.width // 40
    left, right = max(box[0] - gap, 0), min(box[2] + gap, page.width)
    return page.crop((left, 0, right, page.height))


def _signal(draw: ImageDraw.ImageDraw, x: int, y: int, ink: Colour) -> None:
    for bar in range(4):
        draw.rectangle((x + bar * 13, y + 26 - bar * 8, x + 8 + bar * 13, y + 32), fill=ink)


def _arrow(draw: ImageDraw.ImageDraw, x: int, y: int, ink: Colour, size: int = 20) -> None:
    draw.line((x - size, y, x + size, y), fill=ink, width=max(2, size // 4))
    draw.line(
        (x - size // 8, y - size * 3 // 4, x - size, y, x - size // 8, y + size * 3 // 4),
        fill=ink,
        width=max(2, size // 4),
    )
