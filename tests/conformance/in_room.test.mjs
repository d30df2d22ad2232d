// T33: what participants do to their room by calls to the server (docs/api/in-room.md), with real
// clients that entered with tokens of VideoSDK's family.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../e2e/lib/poll.mjs';
import {
  ASK, Call, JOIN, MODERATE, ask, done, hears, others, participants, refused, sees, told,
} from './lib/in_room.mjs';
import { call, restToken } from './lib/rest.mjs';

for (const kind of ['native', 'chromium']) {
  test(`a ${kind} client that must ask is let in, another is turned away`, () =>
    Call.in(async (it) => {
      const host = await it.enter('native', 'host', JOIN);
      await host.call('publishTone', { hz: 440 });
      const guest = await it.enter(kind, 'guest', ASK);
      const request = await hears(host, 'entry.requested');
      assert.equal(request.v, 1);
      assert.equal(request.data.participantId, 'guest');
      assert.equal(request.data.name, 'guest name');
      assert.deepEqual(await others(guest), []);
      assert.deepEqual(await others(host), []);
      assert.equal((await done(guest, 'state.get')).lobby, true);
      assert.deepEqual((await done(host, 'state.get')).entryRequests.length, 1);
      await refused(guest, 'entry.respond', { participantId: 'guest', decision: 'allowed' }, 4059);
      await refused(guest, 'mode.set', { mode: 'SEND_AND_RECV' }, 4065);

      await done(host, 'entry.respond', { participantId: 'guest', decision: 'allowed' });
      await sees(host, ['guest']);
      await sees(guest, ['host']);
      assert.equal((await hears(guest, 'entry.responded')).data.decision, 'allowed');
      const state = await done(guest, 'state.get');
      assert.equal(state.lobby, false);
      assert.equal(state.mode, 'SEND_AND_RECV');
      assert.match(state.sessionId, /^[0-9a-f]{24}$/);
      await until(
        'the guest is subscribed to the host',
        async () => (await participants(guest))[0]?.tracks.some((t) => t.subscribed),
      );
      await guest.call('publishTone', { hz: 880 });
      await until(
        'the host is subscribed to the guest',
        async () => (await participants(host))[0]?.tracks.some((t) => t.subscribed),
      );

      const stranger = await it.enter(kind, 'stranger', ASK);
      await hears(host, 'entry.requested', (d) => d.participantId === 'stranger');
      await done(host, 'entry.respond', { participantId: 'stranger', decision: 'denied' });
      await until('the stranger is out', async () => !(await stranger.call('room')).connected);
      const list = await call(
        it.scene.server,
        'GET',
        `/v2/sessions/${state.sessionId}/participants`,
      );
      const ids = list.json.data.participants.map((p) => p.participantId).sort();
      assert.deepEqual(ids, ['guest', 'host']);
    }));
}

test('modes, pins, requests and moderation', () =>
  Call.in(async (it) => {
    const host = await it.enter('chromium', 'host', MODERATE);
    const guest = await it.enter('native', 'guest', JOIN, { mode: 'RECV_ONLY' });
    await sees(host, ['guest']);

    await done(guest, 'mode.set', { mode: 'SEND_AND_RECV' });
    await guest.call('publishTone', { hz: 440 });
    const attributes = async (client, of) =>
      (await participants(client)).find((p) => p.identity === of)?.attributes ?? {};
    await until(
      'the mode is shown',
      async () => (await attributes(host, 'guest'))['plenum.mode'] === 'SEND_AND_RECV',
    );
    await done(host, 'pin.set', { participantId: 'guest', cam: true });
    await until(
      'the pin is shown',
      async () => (await attributes(host, 'guest'))['plenum.pin'] === 'cam',
    );
    assert.deepEqual((await done(guest, 'state.get')).pins, {
      guest: { cam: true, share: false, by: 'host' },
    });

    await done(guest, 'media.request', { participantId: 'host', kind: 'webcam' });
    assert.deepEqual((await hears(host, 'media.requested')).data, {
      participantId: 'host',
      kind: 'webcam',
      by: 'guest',
    });
    await refused(guest, 'media.mute', { participantId: 'host', kind: 'mic' }, 4068);
    await refused(guest, 'participant.remove', { participantId: 'host' }, 4066);
    await refused(guest, 'meeting.end', {}, 3057);
    await refused(host, 'pin.set', { participantId: 'nobody', cam: true }, 4071);
    await refused(host, 'mode.set', { mode: 'LOUD' }, 4065);
    assert.equal((await ask(host, 'unheard.of')).code, 1400);

    await done(host, 'media.mute', { participantId: 'guest', kind: 'mic' });
    await until(
      'the guest is muted',
      async () => (await participants(host))[0].tracks.every((t) => t.muted),
    );
    const { sessionId } = await done(host, 'state.get');
    await ask(host, 'meeting.end');
    await until('the guest is out', async () => !(await guest.call('room')).connected);
    await until('the host is out', async () => !(await host.call('room')).connected);
    const session = await until('the session has ended', async () => {
      const got = await call(it.scene.server, 'GET', `/v2/sessions/${sessionId}`);
      return got.json.status === 'ended' && got.json;
    });
    const modes = session.participants.find((p) => p.participantId === 'guest').changeModeHistory;
    assert.deepEqual(
      modes.map((m) => m.mode),
      ['RECV_ONLY', 'SEND_AND_RECV'],
    );
  }));

test('the focus follows who speaks and is the same for a late joiner', () =>
  Call.in(async (it) => {
    const first = await it.enter('native', 'first', JOIN);
    const second = await it.enter('native', 'second', JOIN);
    await second.call('publishTone', { hz: 440 });
    const focus = await hears(first, 'focus', (d) => d.activeSpeaker === 'second');
    assert.deepEqual(focus.data, { activeSpeaker: 'second', presenter: null, main: 'second' });
    const late = await it.enter('native', 'late', JOIN);
    const state = await done(late, 'state.get');
    assert.deepEqual(state.focus, focus.data);
    assert.ok(state.seq >= focus.seq);
  }));

test('nobody takes the name, the topic or the attributes of the server', () =>
  Call.in(async (it) => {
    const a = await it.enter('native', 'a', JOIN);
    const b = await it.enter('native', 'b', JOIN);
    await sees(a, ['b']);
    await a.call('sendData', { topic: 'plenum/events' });
    await a.call('sendData', { topic: 'chat' });
    await until(
      'the chat arrives',
      async () => (await b.call('messages')).some((m) => m.topic === 'chat'),
    );
    assert.equal((await told(b, undefined)).length, 0);
    const entry = await call(it.scene.server, 'POST', '/v2/plenum/join', {
      token: restToken({ roles: ['rtc'], permissions: JOIN, participantId: 'plenum' }),
      body: { roomId: it.roomId },
    });
    assert.equal(entry.status, 400);
  }));

test('the sample of docs/api/in-room.md does what it says', () =>
  Call.in(async (it) => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/api/in-room.md'), 'utf8');
    const [, sample] = page.match(/^```js\n(.*?)^```/ms);
    // Beside the tests, where packages are found.
    const file = join(import.meta.dirname, `.sample-in-room-${process.pid}.mjs`);
    writeFileSync(file, sample);
    try {
      const env = { ...process.env, ENTRY: JSON.stringify(await it.entry('ada', JOIN)) };
      const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
      assert.match(stdout, /mode SEND_AND_RECV[^]*mode RECV_ONLY/);
    } finally {
      rmSync(file, { force: true });
    }
  }));
