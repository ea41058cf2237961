"""What uvicorn serves beside us: a tus server of other people's making, `tuspyserver`, as its own documentation shows it."""

import os

from fastapi import FastAPI
from tuspyserver import create_tus_router

app = FastAPI()
app.include_router(create_tus_router(prefix="files", files_dir=os.environ["PEER_FILES"]))
