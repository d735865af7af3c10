"""Lets ceph/s3-tests run against an S3 that has no versions, and begin each test with no buckets at all.

The suite empties its buckets by ListObjectVersions, which local-runner refuses, and moto keeps what other
tests have left behind. So what it does before and after each test is replaced; the tests themselves are not.
"""

import re
import urllib.request

import s3tests.functional as suite


def empty(client, bucket):
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
        if keys:
            client.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
    client.delete_bucket(Bucket=bucket)


def reset():
    request = urllib.request.Request(suite.config.default_endpoint + "/moto-api/reset", method="POST")
    try:
        urllib.request.urlopen(request).close()
    except OSError:  # It is not moto.
        client = suite.get_client()
        for bucket in client.list_buckets()["Buckets"]:
            empty(client, bucket["Name"])


suite.nuke_bucket = empty
suite.setup = reset
suite.teardown = lambda: None


# What a test is about, by its name; the first row that matches counts. Those that begin with a minus are
# refused by local-runner, with 501: a test that needs one of them cannot pass.
FEATURES = [
    ("copies", r"copy(_part)?_enc\[unencrypted-unencrypted"),
    ("- forms", r"post_object"),
    ("- versions", r"version|delete_marker|current_(object_)?if_|object_current_"),
    ("- encryption", r"sse|encrypt|kms|copy_enc|copy_part_enc|obj_enc"),
    ("- policies", r"policy|policies"),
    ("- tags", r"tag(s|ging)(_|$)|_tag_"),
    ("- CORS", r"cors"),
    ("- lifecycles", r"lifecycle"),
    ("- locks", r"lock_|legal_hold|retention"),
    ("- Ceph's own, torrents", r"usage|unordered|head_extended|torrent|if_match_(last|size)"),
    ("- access lists, other users", r"not_owned|acl|grant|owner|object_writer|access_bucket|public|raw_(get|auth)|anonymous$|"
        r"anon_put_write|return_data$|bucket_gone$|special_key_names$|100_continue$"),
    ("lists", r"list(v2)?_|listv2|key_count|multi_object|multi_objectv2|delete_objects"),
    ("attributes, checksums", r"checksum|cksum|attributes"),
    ("uploads in parts", r"multipart|get_part"),
    ("copies", r"copy"),
    ("ranges, conditions", r"ranged|if_?(none|non|match|modified|unmodified)|conditional"),
    ("buckets", r"bucket"),
    ("objects", r""),
]
counts = {}


def feature(name):
    return next(row for row, pattern in FEATURES if re.search(pattern, name))


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        row = counts.setdefault(feature(report.nodeid.split("::")[-1].removeprefix("test_")), {})
        row[report.outcome] = row.get(report.outcome, 0) + 1


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("by feature")
    for row in dict.fromkeys(row for row, _ in FEATURES):
        count = counts.get(row, {})
        terminalreporter.line(f"{row:30} {count.get('passed', 0):4} passed {count.get('failed', 0):4} failed")
