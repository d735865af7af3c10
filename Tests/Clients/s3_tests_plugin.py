"""Lets ceph/s3-tests run against an S3 that has no versions, and begin each test with none of its buckets.

The suite empties its buckets by ListObjectVersions, which local-runner refuses, and moto keeps what other
tests have left behind. So what it does before and after each test is replaced; the tests themselves are not.
"""

import urllib.request

import s3tests.functional as suite


def reset():
    client = suite.get_client()
    try:
        request = urllib.request.Request(suite.config.default_endpoint + "/moto-api/reset", method="POST")
        urllib.request.urlopen(request).close()
        return
    except OSError:
        pass  # It is not moto.
    for bucket in client.list_buckets()["Buckets"]:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
            if keys:
                client.delete_objects(Bucket=bucket["Name"], Delete={"Objects": keys, "Quiet": True})
        client.delete_bucket(Bucket=bucket["Name"])


suite.setup = reset
suite.teardown = lambda: None
