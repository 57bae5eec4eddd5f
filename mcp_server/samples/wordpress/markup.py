"""Content as the block editor and the media library write it."""

from collections.abc import Iterable

_PARAGRAPH = "<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->"
_IMAGE = (
    '<!-- wp:image {{"id":{id},"sizeSlug":"large"}} -->\n'
    '<figure class="wp-block-image size-large">'
    '<img src="{url}" alt="" class="wp-image-{id}"/></figure>\n<!-- /wp:image -->'
)


def content(paragraphs: Iterable[str], pictures: Iterable[tuple[int, str]] = ()) -> str:
    """The blocks of a post; `pictures` are ids and addresses."""
    blocks = [_PARAGRAPH.format(text=text) for text in paragraphs]
    blocks += [_IMAGE.format(id=id, url=url) for id, url in pictures]
    return "\n\n".join(blocks)


def picture_data(file: str, width: int, height: int) -> str:
    """What PHP's serialize() makes of a picture's measures."""
    length = len(file)
    return f'a:3:{{s:5:"width";i:{width};s:6:"height";i:{height};s:4:"file";s:{length}:"{file}";}}'
