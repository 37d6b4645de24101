"""Plays a movie with the client that openapi-python-client generates, and prints where it can be continued."""
import datetime
import json
import os

from normflix_client import AuthenticatedClient, Client
from normflix_client.api.authentication import log_in
from normflix_client.api.search_and_home import get_home
from normflix_client.api.titles import get_movie, list_titles
from normflix_client.api.playback import send_heartbeat, start_playback, stop_playback
from normflix_client.api.profiles import select_profile
from normflix_client.api.continue_watching import list_continue_watching
from normflix_client.models import LogInBody, SelectProfileBody, SendHeartbeatBody, StartPlaybackBody, StopPlaybackBody

origin = os.environ["ORIGIN"]
now = lambda: datetime.datetime.now(datetime.timezone.utc)
body = LogInBody(email=os.environ["EMAIL"], password=os.environ["PASSWORD"])
tokens = log_in.sync(client=Client(origin), body=body)
profile = tokens.account.profiles[0].id
account = AuthenticatedClient(origin, tokens.access_token)
token = select_profile.sync(profile, client=account, body=SelectProfileBody()).access_token
client = AuthenticatedClient(origin, token)
home = get_home.sync(profile, client=client)
[card] = list_titles.sync(client=client).items
stream = start_playback.sync(profile, client=client, body=StartPlaybackBody(item_id=card.id)).stream_id
send_heartbeat.sync(profile, stream, client=client, body=SendHeartbeatBody(position_ms=3_000, at=now()))
stopped = stop_playback.sync(profile, stream, client=client, body=StopPlaybackBody(position_ms=4_000, at=now()))
[continued] = list_continue_watching.sync(profile, client=client).items
print(json.dumps({
    "rows": len(home.rows),
    # Details have nullable fields beside the credits.
    "title": get_movie.sync(card.id, client=client).title,
    "rating": card.maturity_rating.value,
    "year": card.year,
    "stoppedMs": stopped.progress.position_ms,
    "kind": continued.kind.value,
    "continueMs": continued.position_ms,
}))
