"""From a project back to text: `plan` makes an outline of its rows, `markdown` writes an outline down."""
