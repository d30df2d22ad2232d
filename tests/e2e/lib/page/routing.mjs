// Changes the server's candidates before the browser sees them: UDP through a link, or no UDP at
// all; the browser's own candidates are kept from the server, which could go around the link with
// them. Works with any server, since it acts on what RTCPeerConnection takes and gives.

let route;
/** Server addresses met so far, in order; the n-th goes to the n-th port of the link. */
const met = [];

/** A candidate line as the browser shall see it; undefined to leave it out. */
function reroute(line) {
  const fields = line.replace(/^a=/, '').split(' ');
  const [, , protocol, , address, port] = fields;
  if (!route || !protocol || !port) return line;
  if (route.tcpOnly) return protocol.toLowerCase() === 'tcp' ? line : undefined;
  // One way only: otherwise the browser would go around the link.
  if (protocol.toLowerCase() !== 'udp' || address.includes(':')) return undefined;
  const original = `${address}:${port}`;
  if (!met.includes(original)) met.push(original);
  const at = met.indexOf(original);
  if (at >= route.ports.length) return undefined;
  fields[4] = '127.0.0.1';
  fields[5] = `${route.ports[at]}`;
  return (line.startsWith('a=') ? 'a=' : '') + fields.join(' ');
}

const rerouteSdp = (sdp) =>
  sdp
    .split('\r\n')
    .map((line) => (line.startsWith('a=candidate:') ? reroute(line) : line))
    .filter((line) => line !== undefined)
    .join('\r\n');

const { setRemoteDescription, addIceCandidate, createOffer, createAnswer } =
  RTCPeerConnection.prototype;
RTCPeerConnection.prototype.setRemoteDescription = function (description) {
  return setRemoteDescription.call(this, {
    type: description.type,
    sdp: rerouteSdp(description.sdp),
  });
};
RTCPeerConnection.prototype.addIceCandidate = function (candidate) {
  if (!candidate?.candidate) return addIceCandidate.call(this, candidate);
  const changed = reroute(candidate.candidate);
  if (changed === undefined) return Promise.resolve();
  return addIceCandidate.call(this, { ...(candidate.toJSON?.() ?? candidate), candidate: changed });
};

const withoutCandidates = ({ type, sdp }) => ({
  type,
  sdp: route ? sdp.replace(/a=candidate:.*\r\n/g, '') : sdp,
});
RTCPeerConnection.prototype.createOffer = async function (...options) {
  return withoutCandidates(await createOffer.apply(this, options));
};
RTCPeerConnection.prototype.createAnswer = async function (...options) {
  return withoutCandidates(await createAnswer.apply(this, options));
};
const property = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'onicecandidate');
Object.defineProperty(RTCPeerConnection.prototype, 'onicecandidate', {
  ...property,
  set(handler) {
    property.set.call(this, handler && ((event) => (route ? undefined : handler(event))));
  },
});

export const routing = {
  /**
   * @param {{ports: number[]} | {tcpOnly: true} | undefined} choice for descriptions set from now
   * on
   */
  setRoute(choice) {
    route = choice;
  },
  metAddresses: () => met,
};
