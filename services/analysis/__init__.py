"""The weekly analysis: tables and charts of a day, as a workbook and as a document."""
