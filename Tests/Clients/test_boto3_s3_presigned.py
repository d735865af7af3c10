"""Addresses of objects that were signed before, used by a client that knows no AWS."""

import contextlib
import http.client
import urllib.parse
import xml.etree.ElementTree

import pytest


def fetch(method, url, body=None, headers={}):
    """The status, headers and body of an answer; the address has all that is needed.

    `urllib.request` would add a type of its own, which the older signature covers.
    """
    place = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc)
    with contextlib.closing(connection):
        connection.request(method, f"{place.path}?{place.query}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def code(body):
    return xml.etree.ElementTree.fromstring(body).findtext("Code")


def sign(s3, operation, bucket, key="a/b c ü", seconds=600, **more):
    return s3.generate_presigned_url(operation, {"Bucket": bucket, "Key": key, **more}, ExpiresIn=seconds)


def test_all_verbs(s3, bucket):
    status, headers, _ = fetch("PUT", sign(s3, "put_object", bucket), b"words")
    assert status == 200 and headers["ETag"]
    assert fetch("GET", sign(s3, "get_object", bucket))[::2] == (200, b"words")
    status, headers, _ = fetch("HEAD", sign(s3, "head_object", bucket))
    assert (status, headers["Content-Length"]) == (200, "5")
    assert fetch("DELETE", sign(s3, "delete_object", bucket))[0] == 204
    status, _, body = fetch("GET", sign(s3, "get_object", bucket))
    assert (status, code(body)) == (404, "NoSuchKey")


def test_a_range_and_other_names(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b c ü", Body=b"0123456789")
    url = sign(s3, "get_object", bucket, ResponseContentDisposition='attachment; filename="a b.txt"')
    status, headers, body = fetch("GET", url, headers={"Range": "bytes=2-3"})
    assert (status, body) == (206, b"23")
    assert headers["Content-Disposition"] == 'attachment; filename="a b.txt"'


def test_a_signed_type_has_to_be_sent(s3, bucket):
    url = sign(s3, "put_object", bucket, ContentType="text/csv")
    assert fetch("PUT", url, b"a,b", {"Content-Type": "text/csv"})[0] == 200
    assert s3.head_object(Bucket=bucket, Key="a/b c ü")["ContentType"] == "text/csv"
    status, _, body = fetch("PUT", url, b"a,b", {"Content-Type": "text/plain"})
    assert (status, code(body)) == (403, "SignatureDoesNotMatch")


def test_parts(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    bodies = [b"a" * (5 << 20), b"b"]
    parts = []
    for number, body in enumerate(bodies, 1):
        url = sign(s3, "upload_part", bucket, "parts", UploadId=upload, PartNumber=number)
        status, headers, _ = fetch("PUT", url, body)
        assert status == 200
        parts.append({"PartNumber": number, "ETag": headers["ETag"]})
    s3.complete_multipart_upload(
        Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    assert fetch("GET", sign(s3, "get_object", bucket, "parts"))[2] == b"".join(bodies)


def test_an_address_is_good_for_one_thing(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b c ü", Body=b"words")
    url = sign(s3, "get_object", bucket)
    for method, other in [("PUT", url), ("DELETE", url), ("GET", url.replace("/a/", "/b/"))]:
        status, _, body = fetch(method, other, b"x" if method == "PUT" else None)
        assert (status, code(body)) == (403, "SignatureDoesNotMatch")


def test_an_address_expires(s3, bucket, advance):
    s3.put_object(Bucket=bucket, Key="a/b c ü", Body=b"words")
    url = sign(s3, "get_object", bucket, seconds=3600)
    advance("59m")
    assert fetch("GET", url)[0] == 200
    advance("2m")
    status, _, body = fetch("GET", url)
    assert (status, code(body)) == (403, "AccessDenied")
    assert b"Request has expired" in body


@pytest.mark.parametrize("s3", ["s3v4"], indirect=True)
def test_an_address_is_good_for_a_week_at_most(s3, bucket):
    url = sign(s3, "get_object", bucket, seconds=604_801)
    status, _, body = fetch("GET", url)
    assert (status, code(body)) == (400, "AuthorizationQueryParametersError")
