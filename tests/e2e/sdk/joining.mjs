import assert from 'node:assert/strict';
import { call } from '../../conformance/lib/rest.mjs';

/** Joining: the order of events, who is there, errors with their numbers. */
export async function joining(stage) {
  await stage.room();
  const ada = await stage.joins('ada', { micEnabled: true, webcamEnabled: true });
  await ada.until(
    'her camera is on',
    (m) => m.localParticipant.webcamOn && m.localParticipant.micOn,
  );
  const ben = await stage.joins('ben', { metaData: { team: 'blue' } });

  const order = (await ben.said()).map((e) => e.args[0]?.state ?? e.name);
  assert.deepEqual(order.slice(0, 4), [
    'CONNECTING',
    'CONNECTED',
    'meeting-joined',
    'participant-joined',
  ]);
  await ada.hears('participant-joined', (p) => p.participant === 'ben');
  assert.deepEqual(
    await ada.run((m) => {
      const { displayName, metaData, mode, local } = m.participants.get('ben');
      return { displayName, metaData, mode, local, count: m.participants.size };
    }),
    {
      displayName: 'ben name',
      metaData: { team: 'blue' },
      mode: 'SEND_AND_RECV',
      local: false,
      count: 1,
    },
  );
  await ben.hears('stream-enabled', (s, by) => s.stream === 'video' && by === 'ada');
  await ben.hears('stream-enabled', (s, by) => s.stream === 'audio' && by === 'ada');
  await ben.until('the codec of her camera', (m) =>
    [...m.participants.get('ada').streams.values()].some((s) => s.kind === 'video' && s.codec),
  );
  assert.equal(await ben.refused((m) => m.join()), 3054);

  await ada.hears('speaker-changed', (id) => id === 'ada');
  await ben.hears('main-participant-changed', (p) => p?.participant === 'ada');
  assert.equal(await ben.run((m) => m.mainParticipantId), 'ada');
  await ada.run((m) => m.muteMic());
  await ben.hears('stream-disabled', (s) => s.stream === 'audio');
  await ben.hears('media-status-changed', (c) => c.kind === 'audio' && c.newStatus === false);
  await ben.hears('speaker-changed', (id) => id === null);
  await ada.run((m) => m.leave());
  assert.deepEqual((await ada.hears('meeting-left')).args[0], {
    code: 1101,
    message: 'MANUAL_LEAVE_CALLED',
  });
  const left = await ben.hears('participant-left', (p) => p.participant === 'ada');
  assert.equal(left.args[1].code, 1101);
  assert.equal(await ada.run((m) => m.participants.size), 0);
  assert.equal(await ada.refused((m) => m.muteMic()), 3035);
  assert.equal(await ada.refused((m) => m.pubSub.publish('t', 'x')), 3035);
  await ada.run((m) => m.join());
  await ben.hears('participant-joined', (p) => p.participant === 'ada');

  const eve = await stage.person('eve');
  const refusals = [
    [{ token: 'nonsense' }, 4002],
    [{ token: stage.token(['allow_join'], { apikey: 'nobody' }) }, 4001],
    [{ token: stage.token(['allow_join'], { roomId: 'aaaa-bbbb-cccc' }) }, 4022],
    [{ token: stage.token(['ask_join', 'allow_mod']) }, 4008],
    [{ meetingId: 'none-none-none' }, 4003],
    [{ mode: 'SHOUT' }, 3067],
    [{ signalingBaseUrl: 'http://127.0.0.1:9' }, 3047],
  ];
  for (const [options, number] of refusals) {
    await eve.init({ token: stage.token(), ...options });
    assert.equal(await eve.refused((m) => m.join()), number, JSON.stringify(options).slice(0, 60));
    assert.equal((await eve.hears('error')).args[0].code, number);
    assert.equal((await eve.hears('meeting-state-changed')).args[0].state, 'FAILED');
    assert.equal((await eve.hears('meeting-left')).args[0].code, 1103);
  }
}

/** The lobby: asking, being let in, being turned away. */
export async function lobby(stage) {
  await stage.room();
  const host = await stage.joins('host', { permissions: ['allow_join'] });
  const enter = async (name) => {
    const guest = await stage.person(name);
    await guest.init({ token: stage.token(['ask_join']) });
    await guest.run((m) => {
      m.outcome = 'waiting';
      m.join().then(
        () => (m.outcome = 'in'),
        (e) => (m.outcome = e.code),
      );
    });
    await host.hears('entry-requested', (r) => r.participantId === name);
    assert.equal(await guest.run((m) => m.outcome), 'waiting');
    return guest;
  };
  const eve = await enter('eve');
  assert.equal((await host.hears('entry-requested')).args[0].name, 'eve name');
  await host.run((m) => m.raw['entry-requested'][0].allow());
  await eve.until('is in', (m) => m.outcome === 'in');
  await host.hears('participant-joined', (p) => p.participant === 'eve');
  await host.hears('entry-responded', (id, d) => id === 'eve' && d === 'allowed');
  await eve.hears('entry-responded', (id, d) => id === 'eve' && d === 'allowed');
  assert.deepEqual(await eve.run((m) => [...m.participants.keys()]), ['host']);
  assert.equal(await eve.refused((m) => m.respondEntry('nobody', 'allowed')), 4059);

  const mallory = await enter('mallory');
  assert.equal(await host.refused((m) => m.respondEntry('mallory', 'perhaps')), 3073);
  await host.run((m) => m.respondEntry('mallory', 'denied'));
  await mallory.until('is turned away', (m) => m.outcome === 4025);
  await mallory.hears('entry-responded', (id, d) => id === 'mallory' && d === 'denied');
  await mallory.hears('meeting-left');
  const trudy = await enter('trudy');
  await host.run((m) => m.raw['entry-requested'][0].deny());
  await trudy.until('is turned away', (m) => m.outcome === 4025);
  const late = await stage.person('late');
  await late.init({ token: stage.token(['ask_join']) });
  await late.run((m) => void m.join().catch((e) => (m.outcome = e.code)));
  await host.hears('entry-requested', (r) => r.participantId === 'late');
  await late.run((m) => m.leave());
  await late.until('gives up', (m) => m.outcome === 3056);
}

/** Leaving for reasons of others, and going elsewhere. */
export async function leaving(stage) {
  const first = await stage.room();
  const second = await stage.room();
  stage.roomId = first;
  const mod = await stage.joins('mod', { webcamEnabled: true });
  await mod.until('the camera is on', (m) => m.localParticipant.webcamOn);
  const ben = await stage.joins('ben', { permissions: ['allow_join'] });
  await mod.hears('participant-joined', (p) => p.participant === 'ben');
  assert.equal(await ben.refused((m) => m.participants.get('mod').remove()), 4066);
  await mod.run((m) => m.participants.get('ben').remove());
  assert.equal((await ben.hears('meeting-left')).args[0].code, 1002);
  assert.equal((await mod.hears('participant-left')).args[1].code, 1002);

  const lee = await stage.joins('lee');
  await mod.hears('participant-joined', (p) => p.participant === 'lee');
  const removal = { body: { roomId: first, participantId: 'lee' } };
  assert.equal((await call(stage.server, 'POST', '/v2/sessions/participants/remove', removal)).status, 200);
  assert.equal((await lee.hears('meeting-left')).args[0].code, 1010);
  const byApi = await mod.hears('participant-left', (p) => p.participant === 'lee');
  assert.equal(byApi.args[1].code, 1010);

  const one = await stage.joins('twin');
  const other = await stage.joins('twin');
  assert.equal((await one.hears('meeting-left')).args[0].code, 1011);

  assert.equal(await mod.refused((m) => m.switchTo({ meetingId: '' })), 3073);
  stage.roomId = second;
  const eve = await stage.joins('eve');
  await mod.run((m, meetingId) => m.switchTo({ meetingId }), second);
  assert.equal(await mod.run((m) => m.id), second);
  assert.deepEqual(await mod.run((m) => [...m.participants.keys()]), ['eve']);
  await eve.hears('stream-enabled', (s, by) => s.stream === 'video' && by === 'mod');
  await other.hears('participant-left', (p) => p.participant === 'mod');

  assert.equal(await other.run((m) => m.id), first);
  const bob = await stage.joins('bob', { permissions: ['allow_join'] });
  assert.equal(await bob.refused((m) => m.end()), 3057);
  await mod.run((m) => m.end());
  for (const each of [mod, eve, bob]) {
    const { code } = (await each.hears('meeting-left')).args[0];
    assert.ok([1006, 1009].includes(code), `${each.name} left with ${code}`);
    assert.equal((await each.hears('meeting-state-changed')).args[0].state, 'DISCONNECTED');
  }
}
