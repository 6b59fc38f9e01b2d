"""Whether a client's conditions hold (RFC 9110 section 13)."""

from . import tok


def precondition(head, etag, modified):
    """What `head`'s conditions make of a request for a representation that is there.

    Args:
        head: the request's head, a `tok.Head`.
        etag: its entity tag as it is sent, quotes included, `bytes`; `None` when it has none.
        modified: when it was last changed, `(year, month, day, hour, minute, second)`; `None` when nobody knows.

    Returns:
        0: do what is asked for; 304 or 412: answer with that status and do nothing. The order is that of section 13.2.2.
    """
    field = head.get(tok.IF_MATCH)
    if field is not None:
        if not _is_member(field, etag, False):
            return 412
    else:
        field = head.get(tok.IF_UNMODIFIED_SINCE)
        if field is not None and modified:
            date = _date(field)
            if date and modified > date:
                return 412
    reads = head.method == tok.GET or head.method == tok.HEAD
    field = head.get(tok.IF_NONE_MATCH)
    if field is not None:
        if _is_member(field, etag, True):
            return 304 if reads else 412
    elif reads and modified:
        field = head.get(tok.IF_MODIFIED_SINCE)
        if field is not None:
            date = _date(field)
            if date and modified <= date:
                return 304
    return 0


def range_holds(head, etag, modified):
    """Whether If-Range, where `head` has it, lets a part be sent (section 13.1.5); `etag` and `modified` as above.

    It compares strongly: a weak tag never matches, and a date has to be the very one that was sent.
    """
    field = head.get(tok.IF_RANGE)
    if field is None:
        return True
    if field[:1] == b'"' or field[:2] == b"W/":
        return field == etag and field[:1] == b'"'
    return modified is not None and _date(field) == modified


def _date(field):
    from .dates import parse_date

    return parse_date(field)


def _is_member(field, etag, weakly):
    # Sections 13.1.1 and 13.1.2: `*` is any representation
    if field == b"*":
        return True
    if etag is None:
        return False
    if etag[:2] == b"W/":
        if not weakly:
            return False
        etag = etag[2:]
    for member in field.split(b","):
        member = member.strip()
        if weakly and member[:2] == b"W/":
            member = member[2:]
        if member == etag:
            return True
    return False
