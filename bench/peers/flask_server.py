"""The peer in another language: Flask and PostgreSQL.

`python flask_server.py FILE` creates the tables and loads FILE, one JSON array per line: table and values in the order
of COLUMNS. gunicorn serves `app`.
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import time

import bcrypt
import psycopg
from flask import Flask, jsonify, request
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

URI = os.environ["PEER_DATABASE_URI"]
SECRET = os.environ["PEER_SECRET"].encode()
PAGE_SIZE = 20
CARD = "id, kind, title, release_date, genres, maturity_rating, popularity"
COLUMNS = {
    "titles": f"{CARD}, document",
    "title_genres": "genre, kind, popularity, title",
    "accounts": "id, email, password_hash, profiles",
    "progress": "account, profile, title, item, position_ms, duration_ms, finished, at",
}
TABLES = """
    create table titles (
        id text primary key, kind text not null, title text not null, release_date text, genres text[] not null,
        maturity_rating text, popularity integer not null, document jsonb not null);
    create table title_genres (genre text, kind text, popularity integer, title text references titles);
    create table accounts (id text primary key, email text not null, password_hash text not null, profiles jsonb);
    create table progress (
        account text, profile text, title text not null, item text, position_ms integer not null,
        duration_ms integer not null, finished boolean not null, at timestamptz not null,
        primary key (account, profile, item));
"""
INDEXES = """
    create index on title_genres (genre, kind, popularity desc);
    create unique index on accounts (email);
    create index on progress (profile, at desc) where not finished;
    analyze;
"""


def load(path):
    with psycopg.connect(URI) as connection, open(path) as lines:
        connection.execute(TABLES)
        rows = (json.loads(line) for line in lines)
        pending = next(rows, None)
        while pending is not None:
            table = pending[0]
            with connection.cursor().copy(f"copy {table} ({COLUMNS[table]}) from stdin") as copy:
                while pending is not None and pending[0] == table:
                    copy.write_row(pending[1])
                    pending = next(rows, None)
        connection.execute(INDEXES)


if __name__ == "__main__":
    load(sys.argv[1])
    sys.exit(0)

pool = ConnectionPool(URI, min_size=8, max_size=32, kwargs={"row_factory": dict_row, "autocommit": True})
app = Flask(__name__)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(text):
    return hmac.digest(SECRET, text.encode(), hashlib.sha256)


def sign_token(account):
    now = int(time.time())
    header = encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    payload = encode(json.dumps({"sub": account, "iat": now, "exp": now + 3600}).encode())
    return f"{header}.{payload}.{encode(sign(f'{header}.{payload}'))}"


@app.before_request
def verify_token():
    if request.path in ("/health", "/login"):
        return None
    parts = request.headers.get("Authorization", "").removeprefix("Bearer ").split(".")
    if len(parts) == 3 and hmac.compare_digest(sign(f"{parts[0]}.{parts[1]}"), decode(parts[2])):
        claims = json.loads(decode(parts[1]))
        if claims["exp"] > time.time():
            request.environ["account"] = claims["sub"]
            return None
    return jsonify(error="no valid token"), 401


def find_all(query, *values):
    with pool.connection() as connection:
        return connection.execute(query, values).fetchall()


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/<any(movies, shows):resource>/<title_id>")
def find_title(resource, title_id):
    found = find_all("select document from titles where id = %s and kind = %s", title_id, resource[:-1])
    return jsonify(found[0]["document"]) if found else (jsonify(error="not found"), 404)


@app.get("/movies")
def list_movies():
    columns = ", ".join(f"titles.{name}" for name in CARD.split(", "))
    return jsonify(items=find_all(
        f"select {columns} from title_genres g join titles on titles.id = g.title "
        "where g.genre = %s and g.kind = 'movie' order by g.popularity desc limit %s",
        request.args["genre"], PAGE_SIZE))


@app.put("/progress/<profile>/<item>")
def save_progress(profile, item):
    body = request.get_json()
    position, at = int(body["positionMs"]), body["at"]
    with pool.connection() as connection:
        result = connection.execute(
            "update progress set position_ms = case when at <= %(at)s then %(position)s else position_ms end, "
            "at = greatest(at, %(at)s) where account = %(account)s and profile = %(profile)s and item = %(item)s",
            {"at": at, "position": position, "account": request.environ["account"], "profile": profile, "item": item})
    return jsonify(positionMs=position), 200 if result.rowcount == 1 else 404


@app.get("/continue/<profile>")
def continue_watching(profile):
    entries = find_all(
        "select title, item, position_ms, duration_ms, at from progress where profile = %s and not finished "
        "order by at desc limit %s", profile, PAGE_SIZE)
    titles = find_all(f"select {CARD} from titles where id = any(%s)", [entry["title"] for entry in entries])
    by_id = {title["id"]: title for title in titles}
    return jsonify(items=[{
        "title": by_id.get(entry["title"]),
        "item": entry["item"],
        "positionMs": entry["position_ms"],
        "durationMs": entry["duration_ms"],
        "at": entry["at"].isoformat(),
    } for entry in entries])


@app.post("/login")
def log_in():
    body = request.get_json()
    found = find_all("select * from accounts where email = %s", body["email"])
    if not found or not bcrypt.checkpw(body["password"].encode(), found[0]["password_hash"].encode()):
        return jsonify(error="wrong credentials"), 401
    return jsonify(accessToken=sign_token(found[0]["id"]), profiles=found[0]["profiles"])
