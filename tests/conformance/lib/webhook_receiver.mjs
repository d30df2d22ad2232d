// Receives webhooks of both families, verifies them with the vendors' own SDKs and keeps them.
import http from 'node:http';
import { VideoSDK } from '@videosdk.live/server-sdk';
import { WebhookReceiver as LivekitReceiver } from 'livekit-server-sdk';
import { API_KEY, API_SECRET } from '../../e2e/lib/token.mjs';

export class WebhookReceiver {
  events = [];
  faults = [];
  /** What it answers. */
  status = 200;
  /** Keeps the key: a server that stops still tells, but answers no more. */
  #sdk;

  /** Asks the server at `apiUrl()` for the key of VideoSDK's family. */
  static async start(apiUrl) {
    const receiver = new WebhookReceiver();
    receiver.server = http.createServer((request, response) =>
      receiver.#take(request, apiUrl).then(
        (status) => response.writeHead(status).end(),
        (error) => {
          receiver.faults.push(error);
          response.writeHead(400).end();
        },
      ),
    );
    await new Promise((done) => receiver.server.listen(0, '127.0.0.1', done));
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}`;
    return receiver;
  }

  async #take(request, apiUrl) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (this.status !== 200) return this.status;
    const body = Buffer.concat(chunks).toString();
    const signature = request.headers['videosdk-signature'];
    const id = request.headers['plenum-event-id'];
    if (this.events.some((e) => e.id === id)) return 200;
    if (signature) {
      this.#sdk ??= new VideoSDK({
        apiKey: API_KEY,
        secret: API_SECRET,
        apiEndpoint: apiUrl(),
      });
      await this.#sdk.webhooks.verify(body, signature);
      const { webhookType, data, timestamp } = JSON.parse(body);
      this.events.push({ id, family: 'videosdk', type: webhookType, data, timestamp, body });
    } else {
      const event = await new LivekitReceiver(API_KEY, API_SECRET).receive(
        body,
        request.headers.authorization,
      );
      this.events.push({ id, family: 'livekit', type: event.event, data: event });
    }
    return 200;
  }

  types(family) {
    return this.events.filter((e) => e.family === family).map((e) => e.type);
  }

  /** When the server says that VideoSDK's event of this type happened: milliseconds since 1970. */
  time(type) {
    const event = this.events.find((e) => e.family === 'videosdk' && e.type === type);
    return event && Date.parse(event.timestamp);
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}
