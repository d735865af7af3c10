"""Buckets and objects of S3, by AWS's SDK for Python."""

import datetime
import os

import boto3
import botocore.auth
import pytest
from botocore.config import Config
from conftest import refusal


def test_buckets_are_made_listed_and_removed(s3, name):
    s3.create_bucket(Bucket=name)
    s3.get_waiter("bucket_exists").wait(Bucket=name)
    assert name in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert "LocationConstraint" in s3.get_bucket_location(Bucket=name)
    s3.delete_bucket(Bucket=name)
    with refusal("404", 404):
        s3.head_bucket(Bucket=name)


def test_a_bucket_with_objects_stays(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key")
    with refusal("BucketNotEmpty", 409):
        s3.delete_bucket(Bucket=bucket)


@pytest.mark.parametrize("key", ["plain", "a/b c", "ü/日本", "100%", "a+b&c=d?e#f", "a//b", "k" * 1024])
def test_what_was_put_comes_back(s3, bucket, key):
    body = os.urandom(70_000)
    put = s3.put_object(
        Bucket=bucket, Key=key, Body=body, ContentType="text/plain", CacheControl="no-store",
        ContentDisposition="inline", ContentLanguage="de", Metadata={"owner": "ada", "other": "b c"})
    got = s3.get_object(Bucket=bucket, Key=key)
    assert got["Body"].read() == body
    assert got["ETag"] == put["ETag"]
    assert got["ContentType"] == "text/plain"
    assert got["CacheControl"] == "no-store"
    assert got["ContentDisposition"] == "inline"
    assert got["ContentLanguage"] == "de"
    assert got["Metadata"] == {"owner": "ada", "other": "b c"}
    head = s3.head_object(Bucket=bucket, Key=key)
    assert head["ContentLength"] == 70_000
    assert head["LastModified"] == got["LastModified"]
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    s3.delete_object(Bucket=bucket, Key=key)
    with refusal("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key=key)


def test_what_an_answer_says_can_be_replaced(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", ContentType="text/plain")
    got = s3.get_object(
        Bucket=bucket, Key="key", ResponseContentType="text/csv", ResponseContentDisposition="attachment")
    assert got["ContentType"] == "text/csv"
    assert got["ContentDisposition"] == "attachment"


@pytest.mark.parametrize(
    "wanted, got, said",
    [("bytes=0-0", b"0", "bytes 0-0/10"), ("bytes=2-4", b"234", "bytes 2-4/10"),
     ("bytes=7-", b"789", "bytes 7-9/10"), ("bytes=-2", b"89", "bytes 8-9/10"),
     ("bytes=5-99", b"56789", "bytes 5-9/10")])
def test_ranges(s3, bucket, wanted, got, said):
    s3.put_object(Bucket=bucket, Key="key", Body=b"0123456789")
    answer = s3.get_object(Bucket=bucket, Key="key", Range=wanted)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert answer["ContentRange"] == said
    assert answer["Body"].read() == got
    with refusal("InvalidRange", 416):
        s3.get_object(Bucket=bucket, Key="key", Range="bytes=10-")


def test_conditions_of_reads(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="key", Body=b"x")["ETag"]
    hour = datetime.timedelta(hours=1)
    modified = s3.head_object(Bucket=bucket, Key="key")["LastModified"]
    for condition in [{"IfMatch": etag}, {"IfNoneMatch": '"other"'}, {"IfModifiedSince": modified - hour},
                      {"IfUnmodifiedSince": modified}]:
        assert s3.get_object(Bucket=bucket, Key="key", **condition)["Body"].read() == b"x"
    for condition in [{"IfMatch": '"other"'}, {"IfUnmodifiedSince": modified - hour}]:
        with refusal("PreconditionFailed", 412):
            s3.get_object(Bucket=bucket, Key="key", **condition)
    for condition in [{"IfNoneMatch": etag}, {"IfModifiedSince": modified}]:
        with refusal("304", 304):
            s3.get_object(Bucket=bucket, Key="key", **condition)


def test_conditions_of_writes(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="key", Body=b"1", IfNoneMatch="*")["ETag"]
    with refusal("PreconditionFailed", 412):
        s3.put_object(Bucket=bucket, Key="key", Body=b"2", IfNoneMatch="*")
    with refusal("PreconditionFailed", 412):
        s3.put_object(Bucket=bucket, Key="key", Body=b"3", IfMatch='"other"')
    s3.put_object(Bucket=bucket, Key="key", Body=b"4", IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"4"


def test_lists_of_both_versions(s3, bucket):
    keys = [f"a/{number:02}" for number in range(25)] + ["b/c d", "ü"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key)
    for operation in ["list_objects", "list_objects_v2"]:
        pages = list(s3.get_paginator(operation).paginate(Bucket=bucket, PaginationConfig={"PageSize": 10}))
        assert [len(page["Contents"]) for page in pages] == [10, 10, 7]
        assert [item["Key"] for page in pages for item in page["Contents"]] == keys
        folders = getattr(s3, operation)(Bucket=bucket, Delimiter="/")
        assert [item["Prefix"] for item in folders["CommonPrefixes"]] == ["a/", "b/"]
        assert [item["Key"] for item in folders["Contents"]] == ["ü"]
        folder = getattr(s3, operation)(Bucket=bucket, Prefix="b/", Delimiter="/")
        assert [item["Key"] for item in folder["Contents"]] == ["b/c d"]
    rest = s3.list_objects_v2(Bucket=bucket, StartAfter="a/24", FetchOwner=True)
    assert [item["Key"] for item in rest["Contents"]] == ["b/c d", "ü"]
    assert rest["KeyCount"] == 2
    assert s3.list_objects(Bucket=bucket, Marker="b/c d")["Contents"][0]["Key"] == "ü"


def test_many_are_deleted_at_once(s3, bucket):
    for number in range(3):
        s3.put_object(Bucket=bucket, Key=f"key {number}")
    wanted = [{"Key": f"key {number}"} for number in [0, 2, 9]]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": wanted})
    assert sorted(item["Key"] for item in answer["Deleted"]) == ["key 0", "key 2", "key 9"]
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["key 1"]


def test_copies(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="from +ü", Body=b"x", Metadata={"a": "1"})["ETag"]
    source = {"Bucket": bucket, "Key": "from +ü"}
    assert s3.copy_object(Bucket=bucket, Key="to", CopySource=source)["CopyObjectResult"]["ETag"] == etag
    assert s3.head_object(Bucket=bucket, Key="to")["Metadata"] == {"a": "1"}
    s3.copy_object(
        Bucket=bucket, Key="to", CopySource=source, Metadata={"b": "2"}, MetadataDirective="REPLACE")
    assert s3.head_object(Bucket=bucket, Key="to")["Metadata"] == {"b": "2"}
    with refusal("PreconditionFailed", 412):
        s3.copy_object(Bucket=bucket, Key="to", CopySource=source, CopySourceIfMatch='"other"')
    with refusal("NoSuchKey", 404):
        s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "nothing"})


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums(s3, bucket, algorithm):
    put = s3.put_object(Bucket=bucket, Key="key", Body=b"some words", ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert got["Body"].read() == b"some words"
    assert got[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]


def test_a_wrong_checksum_is_refused(s3, bucket):
    with refusal("BadDigest", 400):
        s3.put_object(Bucket=bucket, Key="key", Body=b"words", ChecksumCRC32="AAAAAA==")
    with refusal("BadDigest", 400):
        s3.put_object(Bucket=bucket, Key="key", Body=b"words", ContentMD5="CY9rzUYh03PK3k6DJie09g==")
    with refusal("404", 404):
        s3.head_object(Bucket=bucket, Key="key")


def test_checksums_only_when_required(s3, bucket):
    plain = boto3.client("s3", config=Config(
        request_checksum_calculation="when_required", response_checksum_validation="when_required"))
    plain.put_object(Bucket=bucket, Key="key", Body=b"words")
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"words"


def test_what_is_missing(s3, bucket, name):
    with refusal("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key="nothing")
    with refusal("404", 404):
        s3.head_object(Bucket=bucket, Key="nothing")
    with refusal("NoSuchBucket", 404):
        s3.get_object(Bucket=name + "-2", Key="key")
    with refusal("NoSuchBucket", 404):
        s3.put_object(Bucket=name + "-2", Key="key", Body=b"x")
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.list_parts(Bucket=bucket, Key="key", UploadId="nothing")


def test_strangers_are_refused(bucket):
    wrong = boto3.client("s3", aws_secret_access_key="wrong", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"])
    with refusal("SignatureDoesNotMatch", 403):
        wrong.list_objects_v2(Bucket=bucket)
    unknown = boto3.client("s3", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="wrong")
    with refusal("InvalidAccessKeyId", 403):
        unknown.list_objects_v2(Bucket=bucket)


def test_a_client_whose_clock_is_wrong_is_refused(s3, bucket, monkeypatch):
    now = botocore.auth.get_current_datetime
    late = datetime.timedelta(minutes=16)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *arguments: now(*arguments) - late)
    with refusal("RequestTimeTooSkewed", 403):
        s3.list_objects_v2(Bucket=bucket)


def test_a_client_may_go_by_its_own_clock(s3, bucket, advance):
    advance("26h")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_what_is_not_emulated_says_so(s3, bucket):
    with refusal("NotImplemented", 501):
        s3.put_object_tagging(Bucket=bucket, Key="key", Tagging={"TagSet": []})
    with refusal("NotImplemented", 501):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def test_objects_of_the_resource_interface(bucket):
    place = boto3.resource("s3").Bucket(bucket)
    place.put_object(Key="a", Body=b"1")
    place.Object("b").put(Body=b"2")
    place.Object("c").copy_from(CopySource=f"{bucket}/a")
    assert [item.key for item in place.objects.all()] == ["a", "b", "c"]
    assert place.Object("c").get()["Body"].read() == b"1"
    place.objects.filter(Prefix="b").delete()
    assert [item.size for item in place.objects.all()] == [1, 1]
