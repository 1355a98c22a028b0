"""Tables as Apache Parquet, by PyArrow: columns keep their types, and what they mean."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from io import BytesIO
from typing import Any


def parquet_of(
    columns: Mapping[str, str], kinds: Mapping[str, type], rows: Sequence[Sequence[Any]]
) -> bytes:
    """A table as a Parquet file.

    Args:
        columns: each column with what it means, which is kept in the file.
        kinds: the type of each column that is no text.
        rows: its rows, in the order of the columns.

    PyArrow is read in when it is asked for: most commands need none of it.
    """
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    types = {date: arrow.date32(), int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_()}
    schema = arrow.schema(
        [
            arrow.field(
                name,
                types.get(kinds.get(name, str), arrow.string()),
                metadata={"description": meaning},
            )
            for name, meaning in columns.items()
        ]
    )
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [
        arrow.array(column, type=field.type, from_pandas=False)
        for column, field in zip(values, schema, strict=True)
    ]
    whole = BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), whole)
    return whole.getvalue()
