// What the tests of REST v2 share: tokens, one request, and rows of history for tests that need a
// session without media.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { API_KEY, API_SECRET, forge } from '../../e2e/lib/token.mjs';

export const OTHER_KEY = 'otherkey';
export const OTHER_SECRET = 'another secret that has thirty-two bytes';
export const TWO_KEYS = { flags: ['--keys', `${API_KEY}:${API_SECRET}`, '--keys', `${OTHER_KEY}:${OTHER_SECRET}`] };

export const nowSeconds = () => Math.floor(Date.now() / 1000);

/** A token as VideoSDK's server SDK makes them for REST; `claims` override. */
export const restToken = (claims = {}, { secret = API_SECRET, ...options } = {}) =>
  forge(
    {
      apikey: API_KEY,
      permissions: ['allow_join', 'allow_mod'],
      version: 2,
      roles: ['crawler'],
      iat: nowSeconds(),
      exp: nowSeconds() + 600,
      ...claims,
    },
    { secret, ...options },
  );
export const otherToken = () => restToken({ apikey: OTHER_KEY }, { secret: OTHER_SECRET });

/** One request; answers {status, headers, json, text}. */
export async function call(server, method, path, { body, token = restToken(), headers = {} } = {}) {
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(server.httpUrl + path, {
    method,
    headers: {
      ...(token && { Authorization: token }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: isRaw ? body : JSON.stringify(body),
  });
  const text = await response.text();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}

const INSERT = `
import json, sqlite3, sys
path, rows = sys.argv[1], json.loads(sys.argv[2])
db = sqlite3.connect(path, timeout=10)
for table, row in rows:
    names = ", ".join(row)
    marks = ", ".join("?" for _ in row)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
db.commit()
`;

/** Puts a running session with `names` as participants into the server's own database. */
export function startSession(server, room, names) {
  const session = randomBytes(12).toString('hex');
  const at = Date.now() - 5000;
  const owner = { session, api_key: room.apiKey };
  const rows = [
    [
      'sessions',
      {
        id: session,
        api_key: room.apiKey,
        room: room.id,
        room_id: room.roomId,
        livekit_sid: `RM_${session.slice(0, 12)}`,
        node: 'test',
        started_ms: at,
        last_seen_ms: at,
      },
    ],
  ];
  for (const name of names)
    rows.push(
      [
        'participants',
        { ...owner, participant_id: name, name, mode: 'SEND_AND_RECV', joined_ms: at, present: 1 },
      ],
      ['stays', { ...owner, participant_id: name, start_ms: at }],
    );
  execFileSync('python3', ['-c', INSERT, join(server.dataDir, 'plenum.db'), JSON.stringify(rows)]);
  return session;
}
