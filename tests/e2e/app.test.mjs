// The meeting app at `/`, used as people use it, in Chromium and Firefox: through the lobby into a
// meeting, with pictures and pitches that are recognised on the other side.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probe } from './lib/media_file.mjs';
import { enter, hears, hearsNobody, inParty, reads, sees, seesScreen } from './lib/meeting_party.mjs';
import { NetworkNamespace } from './lib/netns.mjs';
import { until } from './lib/poll.mjs';
import { needsOwnServer } from './lib/server.mjs';
import { restToken } from '../conformance/lib/rest.mjs';

const needsNamespace = needsOwnServer || NetworkNamespace.unavailable;
const noBarriers = async ({ name, person }, where) =>
  assert.deepEqual(await person.barriers(), [], `${where}, as ${name} has it`);

/** A test in each browser. `always`: its people are on a network of their own in Chromium too. */
function testInBoth(what, act, { always = false } = {}) {
  for (const browser of ['chromium', 'firefox']) {
    const apart = always || browser === 'firefox';
    test(`${browser}: ${what}`, { skip: apart && needsNamespace }, () => inParty({ apart }, (party) => act(party, browser)));
  }
}

testInBoth('two people meet: they see, hear, write and show each other', async (party, browser) => {
  const ada = await party.join('Ada');
  const ben = await party.join('Ben', { browser });
  await Promise.all([sees(ada, ben), sees(ben, ada), hears(ada, ben), hears(ben, ada)]);

  await ben.person.press('c');
  await ben.person.fill('Send a message', 'Hello Ada');
  await ben.person.press('Enter');
  await until('the message is announced', () => ada.person.labels('.controls button'), (all) => all.includes('Chat, 1 new'));
  await ada.person.click('Chat, 1 new');
  await reads(ada, 'Hello Ada');

  await ben.person.click('Raise hand');
  await ada.person.shows('[data-testid=tile] [aria-label="Hand raised"]');

  await ben.person.click('Share your screen');
  await seesScreen(ada, ben);
  await ben.person.click('Stop sharing your screen');
  await until('the screen is gone', () => ada.person.seen(), (seen) => !seen.includes(ben.sender + 100));

  await ben.person.click('Turn microphone off');
  await hearsNobody(ada);
  await ben.person.click('Turn camera off');
  await until('no picture', () => ada.person.seen(), (seen) => !seen.includes(ben.sender));
  await ben.person.click('Turn camera on');
  await sees(ada, ben);

  const late = await party.join('Eve', { viewport: { width: 390, height: 800 } });
  await sees(late, ada, ben);
  await late.person.click('Chat');
  await reads(late, 'Hello Ada');
  await late.person.press('Escape');
  await late.person.shows('[data-testid=tile] [aria-label="Hand raised"]');

  await ben.person.click('Leave');
  await ben.person.click('Leave the meeting');
  await reads(ben, 'You left the meeting');
  await until('Ben is gone', () => ada.person.labels('[data-testid=tile]'), (all) => !all.includes('Ben'));
  assert.deepEqual((await ada.person.report()).complaints, []);
});

testInBoth('a moderator lets in, mutes, asks and removes; a guest waits, and is told why it is out', async (party, browser) => {
  const host = await party.join('Host', { browser });
  const guest = await party.arrive('Guest', { browser, query: { role: 'guest' } });
  await noBarriers(guest, 'lobby');
  await enter(guest, 'Ask to join');
  await guest.person.shows('[data-testid=waiting]');
  await noBarriers(guest, 'waiting');
  await reads(host, 'Guest wants to join');
  await host.person.click('Admit');
  await guest.person.shows('[data-testid=room]');
  await Promise.all([sees(guest, host), hears(host, guest)]);

  await host.person.click('People');
  await host.person.click('Actions for Guest');
  await host.person.click('Mute');
  await hearsNobody(host);
  await host.person.click('Actions for Guest');
  await host.person.click('Ask to unmute');
  await reads(guest, 'Host asks you to unmute');
  await guest.person.click('Turn on');
  await hears(host, guest);
  await noBarriers(host, 'people');

  await host.person.click('Actions for Guest');
  await host.person.click('Remove from meeting');
  await reads(guest, 'You were removed from the meeting');
  await noBarriers(guest, 'removed');

  const other = await party.arrive('Other', { query: { role: 'guest' } });
  await enter(other, 'Ask to join');
  await host.person.click('Deny');
  await reads(other, 'You were not let in');
});

testInBoth('a meeting is recorded, and its file plays; ending it ends it for all', async (party, browser) => {
  const ada = await party.join('Ada', { browser });
  const ben = await party.join('Ben');
  await sees(ada, ben);
  await ada.person.click('More');
  await ada.person.click('Start recording');
  await noBarriers(ada, 'recording dialog');
  await ada.person.click('Start recording', '[role=dialog]');
  for (const who of [ada, ben]) await who.person.shows('[data-testid=recording]');
  await new Promise((done) => setTimeout(done, 3000));
  await ada.person.click('More');
  await ada.person.click('Stop recording');
  await ada.person.click('Stop recording', '[role=dialog]');

  const list = () =>
    fetch(`${party.server.httpUrl}/v2/recordings`, { headers: { Authorization: restToken() } }).then((r) => r.json());
  const { data } = await until('the recording is complete', list, ({ data: [first] }) => first?.file?.fileUrl, { timeoutMs: 40_000 });
  const { video, audio, seconds } = await probe(data[0].file.fileUrl);
  assert.ok(video.width >= 640 && audio && seconds > 1.5, JSON.stringify({ video, seconds }));

  await ada.person.click('Leave');
  await ada.person.click('End for everyone');
  await ada.person.click('End for everyone', '[role=dialog]');
  await reads(ben, 'The meeting has ended');
  await reads(ada, 'The meeting has ended');
});

test('pictures that are not on the stage are not received', async () => {
  await inParty({}, async (party) => {
    const ada = await party.join('Ada');
    const [ben, eve] = [await party.join('Ben'), await party.join('Eve')];
    await sees(ada, ben, eve);
    const arriving = (what, accept) => until(what, () => ada.person.arriving(), accept, { timeoutMs: 30_000 });
    await arriving('both arrive', (n) => n === 2);

    await ada.person.press('l');
    await ada.person.press('l');
    await until('the spotlight is on one', () => ada.person.labels('[data-testid=tile]'), (all) => all.length === 1);
    await arriving('at most the one on the stage arrives', (n) => n <= 1);
    await ada.person.press('l');
    await sees(ada, ben, eve);
    await arriving('both arrive again', (n) => n === 2);
  });
});

testInBoth(
  'after a long loss of network the meeting goes on',
  async (party, browser) => {
    const ada = await party.join('Ada');
    const ben = await party.join('Ben', { apart: true, browser });
    await Promise.all([sees(ada, ben), sees(ben, ada)]);
    party.namespace.setCut(true);
    await ben.person.shows('[data-testid=reconnecting]');
    // Firefox gives its connection up for failed about half a minute after the loss.
    await new Promise((done) => setTimeout(done, browser === 'firefox' ? 14_000 : 10_000));
    party.namespace.setCut(false);
    await until('the banner goes', () => ben.person.text('[data-testid=reconnecting]'), (t) => t === null, { timeoutMs: 60_000 });
    await Promise.all([sees(ada, ben), sees(ben, ada), hears(ada, ben), hears(ben, ada)]);
  },
  { always: true },
);

testInBoth('every screen can be used by everybody, in light and dark', async (party, browser) => {
  // Colours are the same everywhere.
  for (const dark of browser === 'firefox' ? [true] : [false, true]) {
    const home = await party.arrive('Home', { browser, dark });
    await home.person.goto(home.origin);
    await home.person.shows('[data-testid=home]');
    await noBarriers(home, 'home');
    await home.person.close();
    const ada = await party.arrive('Ada', { browser, dark });
    await ada.person.shows('[data-testid=lobby]');
    await noBarriers(ada, 'lobby');
    await enter(ada);
    await ada.person.shows('[data-testid=room]');
    await noBarriers(ada, 'room');
    for (const key of ['c', 'p']) {
      await ada.person.press(key);
      await ada.person.shows('.panel-head');
      await noBarriers(ada, `panel ${key}`);
      await ada.person.press('Escape');
    }
    for (const item of ['Settings', 'Keyboard shortcuts', 'Go live', 'Web stream']) {
      await ada.person.click('More');
      await noBarriers(ada, 'menu');
      await ada.person.click(item);
      await ada.person.shows('[role=dialog]');
      await until('the menu is closed', () => ada.person.text('[role=menu]'), (t) => t === null);
      await noBarriers(ada, item);
      await ada.person.press('Escape');
      await until('the dialog is closed', () => ada.person.text('[role=dialog]'), (t) => t === null);
    }
    await ada.person.close();
  }
});

test('the address of a new meeting leads whoever opens it into that meeting', async () => {
  await inParty({}, async (party) => {
    const ada = await party.arrive('Ada');
    await ada.person.goto(party.server.httpUrl);
    await ada.person.click('New meeting');
    await ada.person.shows('[data-testid=lobby]');
    const room = new URL(await ada.person.address()).searchParams.get('room');
    await enter(ada);
    await ada.person.shows('[data-testid=room]');
    const ben = await party.join('Ben', { query: { room } });
    await Promise.all([sees(ada, ben), sees(ben, ada)]);
  });
});

test('without development mode and token the page says how it is opened', async () => {
  await inParty({}, async (party) => {
    const ada = await party.arrive('Ada', { query: { token: 'nonsense' } });
    await enter(ada);
    await reads(ada, 'The link is not valid, or no longer.');
  });
});
