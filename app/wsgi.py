"""What gunicorn serves."""

from app import configure_logging, create_app
from app.config import settings
from app.embedded import addresses

configure_logging()
app = create_app(settings(), database_url=addresses(settings())[0])
