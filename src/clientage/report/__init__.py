"""Reports: a study becomes a `Document`, and a document becomes one self-contained page.

`document.build_document` decides what is said; `html.render_html` decides how it looks.
"""
