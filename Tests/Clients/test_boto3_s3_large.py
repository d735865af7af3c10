"""Objects of many parts, by hand and by the SDK's own managers of uploads and downloads."""

import hashlib
import os

import pytest
from boto3.s3.transfer import TransferConfig
from conftest import refusal

MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of 50 MB, and its hash."""
    folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    path = tmp_path_factory.mktemp("large") / "file"
    if folder:
        path = type(path)(folder) / f"clients-{os.getpid()}"
    piece = os.urandom(MEBIBYTE)
    hash = hashlib.sha256()
    with open(path, "wb") as file:
        for number in range(50):
            block = number.to_bytes(8, "big") + piece[8:]
            hash.update(block)
            file.write(block)
    yield str(path), hash.hexdigest()
    path.unlink()


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.mark.parametrize("config", [None, TransferConfig(multipart_threshold=1 << 30)], ids=["parts", "whole"])
def test_managers_carry_50_megabytes(s3, bucket, large, config):
    path, hash = large
    s3.upload_file(path, bucket, "large", ExtraArgs={"Metadata": {"a": "1"}}, Config=config)
    head = s3.head_object(Bucket=bucket, Key="large")
    assert head["ContentLength"] == 50 * MEBIBYTE
    assert head["Metadata"] == {"a": "1"}
    assert ("-7" in head["ETag"]) == (config is None)
    back = path + ".back"
    try:
        s3.download_file(bucket, "large", back, Config=config)
        assert hash_of(back) == hash
    finally:
        os.unlink(back)


def test_a_large_object_is_copied_in_parts(s3, bucket, large):
    path, hash = large
    s3.upload_file(path, bucket, "large")
    config = TransferConfig(multipart_threshold=16 * MEBIBYTE, multipart_chunksize=16 * MEBIBYTE)
    s3.copy({"Bucket": bucket, "Key": "large"}, bucket, "copy", Config=config)
    found = hashlib.sha256()
    for piece in s3.get_object(Bucket=bucket, Key="copy")["Body"].iter_chunks(MEBIBYTE):
        found.update(piece)
    assert found.hexdigest() == hash


def start(s3, bucket, key="key", **more):
    return s3.create_multipart_upload(Bucket=bucket, Key=key, **more)["UploadId"]


def put(s3, bucket, upload, number, body, key="key"):
    etag = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=body)["ETag"]
    return {"PartNumber": number, "ETag": etag}


def complete(s3, bucket, upload, parts, **more):
    return s3.complete_multipart_upload(
        Bucket=bucket, Key="key", UploadId=upload, MultipartUpload={"Parts": parts}, **more)


def test_parts_by_hand(s3, bucket):
    upload = start(s3, bucket, ContentType="text/plain", Metadata={"a": "1"})
    bodies = {1: os.urandom(5 * MEBIBYTE), 3: os.urandom(5 * MEBIBYTE), 7: b"end"}
    parts = [put(s3, bucket, upload, number, body) for number, body in bodies.items()]
    listed = s3.get_paginator("list_parts").paginate(
        Bucket=bucket, Key="key", UploadId=upload, PaginationConfig={"PageSize": 2})
    assert [part["PartNumber"] for page in listed for part in page["Parts"]] == [1, 3, 7]
    uploads = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [(item["Key"], item["UploadId"]) for item in uploads] == [("key", upload)]

    answer = complete(s3, bucket, upload, parts)
    md5s = b"".join(hashlib.md5(body).digest() for body in bodies.values())
    assert answer["ETag"] == f'"{hashlib.md5(md5s).hexdigest()}-3"'
    got = s3.get_object(Bucket=bucket, Key="key")
    assert got["Body"].read() == b"".join(bodies.values())
    assert (got["ContentType"], got["Metadata"]) == ("text/plain", {"a": "1"})
    part = s3.get_object(Bucket=bucket, Key="key", PartNumber=3)
    assert (part["PartsCount"], part["Body"].read()) == (3, b"end")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_parts_are_copied(s3, bucket):
    body = os.urandom(6 * MEBIBYTE)
    s3.put_object(Bucket=bucket, Key="source", Body=body)
    upload = start(s3, bucket)
    source = {"Bucket": bucket, "Key": "source"}
    parts = []
    for number, span in enumerate(["bytes=0-5242879", "bytes=5242880-6291455"], 1):
        copied = s3.upload_part_copy(
            Bucket=bucket, Key="key", UploadId=upload, PartNumber=number, CopySource=source,
            CopySourceRange=span)
        parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
    complete(s3, bucket, upload, parts)
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == body


def test_uploads_that_cannot_be_completed(s3, bucket):
    upload = start(s3, bucket)
    small = [put(s3, bucket, upload, number, b"small") for number in [1, 2]]
    with refusal("EntityTooSmall", 400):
        complete(s3, bucket, upload, small)
    with refusal("InvalidPartOrder", 400):
        complete(s3, bucket, upload, small[::-1])
    with refusal("InvalidPart", 400):
        complete(s3, bucket, upload, [{"PartNumber": 1, "ETag": '"0123"'}])
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    with refusal("PreconditionFailed", 412):
        complete(s3, bucket, upload, small[:1], IfNoneMatch="*")
    s3.abort_multipart_upload(Bucket=bucket, Key="key", UploadId=upload)
    with refusal("NoSuchUpload", 404):
        complete(s3, bucket, upload, small[:1])
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"x"


@pytest.mark.parametrize("kind", ["COMPOSITE", "FULL_OBJECT"])
def test_checksums_of_parts(s3, bucket, kind):
    upload = start(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType=kind)
    parts = []
    for number, body in enumerate([b"a" * 5 * MEBIBYTE, b"b"], 1):
        part = s3.upload_part(
            Bucket=bucket, Key="key", UploadId=upload, PartNumber=number, Body=body,
            ChecksumAlgorithm="CRC32")
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
    answer = complete(s3, bucket, upload, parts)
    assert answer["ChecksumType"] == kind
    assert answer["ChecksumCRC32"].endswith("-2") == (kind == "COMPOSITE")
    got = s3.get_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert got["ChecksumCRC32"] == answer["ChecksumCRC32"]
    assert len(got["Body"].read()) == 5 * MEBIBYTE + 1
