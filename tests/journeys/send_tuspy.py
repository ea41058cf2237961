"""Sends a file by tuspy, as published, in a process of its own. Its argument is JSON; its answer too, on one line.

{endpoint, file, headers, metadata, chunkSize, store, stopAt, checksum} -> {resumes, url, offset} or {status, body}.
"""

import json
import sys

from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from tusclient.storage.filestorage import FileStorage

given = json.loads(sys.argv[1])
client = TusClient(given["endpoint"], headers=given["headers"])
try:
    uploader = client.uploader(
        given["file"],
        chunk_size=given["chunkSize"],
        metadata=given["metadata"],
        store_url=True,
        url_storage=FileStorage(given["store"]),
        upload_checksum=given.get("checksum", False),
    )
    resumes = uploader.offset
    uploader.upload(stop_at=given.get("stopAt"))
    print(json.dumps({"resumes": resumes, "url": uploader.url, "offset": uploader.offset}))
except TusCommunicationError as refused:
    body = refused.response_content
    print(json.dumps({"status": refused.status_code, "body": body.decode() if isinstance(body, bytes) else body}))
except OSError as lost:
    print(json.dumps({"status": None, "body": str(lost)}))
