"""Plans as tables: `columns` says which there are, `writing` makes CSV and Excel files, `reading` makes outlines of them.

`opening` turns a file into rows of text and refuses what is dangerous; `documents` picks the reader by what a file is.
Documented in docs/formats.md.
"""

import os

# openpyxl would take lxml where some other package brought it, and read XML past defusedxml. Before its first import.
os.environ["OPENPYXL_LXML"] = "False"
