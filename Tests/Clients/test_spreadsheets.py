"""CSV and XLSX, by openpyxl, XlsxWriter and Python's csv: what they write is read, and what is written they read.

The probe Tabulate reads a table and hands it out again; it is called as it is, on its standard input.
"""

import base64
import csv
import datetime
import io
import json
import pathlib
import resource
import subprocess
import zipfile

import openpyxl
import pytest
import xlsxwriter

PROBE = pathlib.Path(__file__).parents[2] / ".build/debug/ProbesTabulate"

TEXTS = [
    "plain", "Müller", "日本", "👩‍👩‍👧", " spaces ", "a\nb", "a\tb", "<b>&amp;</b>", "O'Neill", "007", "=1+1", "+1", "-1", "@a",
    "'=1", "TRUE", "1.10", "x" * 32767]


def tabulate(file, form=None):
    """What the probe answers: JSON's value, or a file's bytes."""
    request = {"method": "POST", "path": "/tables", "base64": base64.b64encode(file).decode()}
    if form:
        request["query"] = {"as": form}
    done = subprocess.run([PROBE], input=json.dumps(request), capture_output=True, text=True, timeout=120)
    answer = json.loads(done.stdout)
    if form and answer["status"] == 200:
        return base64.b64decode(answer["base64"]) if "base64" in answer else answer["body"].encode()
    return {"status": answer["status"], **json.loads(answer["body"])}


def by_openpyxl(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for row in book.active.iter_rows():
        for cell in row:
            # openpyxl takes what begins with = for a formula.
            if isinstance(cell.value, str):
                cell.data_type = "s"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def by_xlsxwriter(rows, **options):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, **options})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize("write", [
    by_openpyxl, by_xlsxwriter, lambda rows: by_xlsxwriter(rows, constant_memory=True)],
    ids=["openpyxl", "XlsxWriter", "XlsxWriter with inline strings"])
def test_texts_are_read(write):
    answer = tabulate(write([["text", "end"]] + [[text, "x"] for text in TEXTS]))
    assert answer["format"] == "XLSX"
    assert answer["rows"] == [["text", "end"]] + [[text, "x"] for text in TEXTS]


@pytest.mark.parametrize("write", [by_openpyxl, by_xlsxwriter], ids=["openpyxl", "XlsxWriter"])
def test_values_are_read(write):
    rows = [["a", "b", "c", "d", "e", "f"], [1, 0.1, -2.5, 1000000, 12345678901, 1.1], [True, False, None, 3]]
    assert tabulate(write(rows))["rows"] == [
        ["a", "b", "c", "d", "e", "f"], ["1", "0.1", "-2.5", "1000000", "12345678901", "1.1"],
        ["TRUE", "FALSE", "", "3", "", ""]]


def test_other_sheets_formulas_dates_and_formats_are_passed_over():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    hidden, sheet, other = [book.add_worksheet(name) for name in ("Hidden", "People", "Other")]
    hidden.write(0, 0, "hidden")
    sheet.activate()
    sheet.set_first_sheet()
    hidden.hide()
    other.write(0, 0, "other")
    bold = book.add_format({"bold": True})
    sheet.write_rich_string("A1", "a ", bold, "rich", " text")
    sheet.write_formula("B1", "=1+1", None, 2)
    sheet.write_formula("C1", '="a"&"b"', None, "ab")
    sheet.write_datetime("D1", datetime.datetime(2026, 11, 21), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.merge_range("A3:C3", "merged", bold)
    sheet.write_comment("A1", "a comment")
    sheet.write_blank("F9", None, bold)
    sheet.add_table("A5:B6", {"columns": [{"header": "x"}, {"header": "y"}], "data": [[1, 2]]})
    book.close()
    answer = tabulate(file.getvalue())
    assert answer["rows"] == [
        ["a rich text", "2", "ab", "46347"], ["merged", "", "", ""], ["x", "y", "", ""], ["1", "2", "", ""]]
    assert answer["numbers"] == [1, 3, 5, 6]


def test_openpyxl_reads_what_is_written():
    rows = [["text", "end"]] + [[text, "x"] for text in TEXTS]
    book = openpyxl.load_workbook(io.BytesIO(tabulate(by_openpyxl(rows), "xlsx")))
    assert book.sheetnames == ["Table"]
    cells = list(book.active.iter_rows())
    assert [[cell.value for cell in row] for row in cells] == rows
    assert {cell.data_type for row in cells for cell in row} == {"s"}
    assert cells[0][0].font.bold and not cells[1][0].font.bold
    assert book.active.freeze_panes == "A2"


def test_no_formula_is_written():
    sheet = zipfile.ZipFile(io.BytesIO(tabulate(by_openpyxl([[text] for text in TEXTS]), "xlsx")))
    assert b"<f" not in sheet.read("xl/worksheets/sheet1.xml")
    file = tabulate(by_openpyxl([["a"], ["=1+1"], ["-1"], ["'=1"], ["O'Neill"]]), "csv")
    assert file == "\ufeffa\r\n'=1+1\r\n'-1\r\n''=1\r\nO'Neill\r\n".encode()


def test_csv_of_others_is_read_and_read_by_others():
    rows = [["text", "end"]] + [[text, "x"] for text in TEXTS if not text.startswith("'=")]
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    assert tabulate(file.getvalue().encode())["rows"] == rows
    written = tabulate(file.getvalue().encode("utf-8-sig"), "csv")
    found = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert found == [[("'" + t if t[0] in "=+-@" else t) for t in row] for row in rows]
    assert tabulate(written)["rows"] == rows


def test_a_large_file_takes_little_memory():
    """Of 10,000 rows and five megabytes; half of what it takes is the request's own base64."""
    rows = [["a", "b", "c", "d", "e", "f"]] + [[f"{i:0>95}-{j}" for j in range(6)] for i in range(10_000)]
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    assert 5 << 20 < len(file.getvalue()) < 6 << 20
    for table in (file.getvalue().encode(), by_xlsxwriter(rows)):
        assert len(tabulate(table, "xlsx")) > 1000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 400 << 10


def test_a_bomb_of_two_gigabytes_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    whole = by_openpyxl([["a"]])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        for name in zipfile.ZipFile(io.BytesIO(whole)).namelist():
            if name != "xl/worksheets/sheet1.xml":
                bomb.writestr(name, zipfile.ZipFile(io.BytesIO(whole)).read(name))
        with bomb.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(b"<worksheet>")
            for _ in range(2048):
                part.write((b"<a>" + b" " * 8185 + b"</a>\n\n\n") * 128)
    file = path.read_bytes()
    assert len(file) < 12 << 20
    assert tabulate(file) == {
        "status": 400, "code": "bad-request", "message": "The workbook inflates to more than 64 MiB."}
