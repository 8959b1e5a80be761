"""A quiet button that copies the page's address, for a class or for oneself.

    copy_link()

The address is read in the browser at the click, so it is the one that the page has then.
"""

from pathlib import Path

from dashboard.ui.components import from_folder

_HTML = """
<div class="copy">
  <button type="button" title="Copy the address of what this page shows, to send it or to keep it">
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path d="M10 14a4 4 0 0 0 5.7 0l3.2-3.2a4 4 0 0 0-5.7-5.7L12 6.3"/>
      <path d="M14 10a4 4 0 0 0-5.7 0l-3.2 3.2a4 4 0 0 0 5.7 5.7L12 17.7"/>
    </svg>
    <span class="label">Copy link</span>
  </button>
  <span class="heard" role="status"></span>
  <label class="by-hand" hidden>This browser does not let a page copy: the address is
    <input readonly spellcheck="false">
  </label>
</div>
"""
_COMPONENT = from_folder(Path(__file__).parent, html=_HTML)


def copy_link() -> None:
    """Place the button; once a page."""
    _COMPONENT(key="copy-link", width="content")
