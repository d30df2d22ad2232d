// A person in a process of its own, so that it can live in a network namespace with its browser.
import { Person } from './person.mjs';
import { answerCalls } from './worker.mjs';

const person = await Person.arrive(JSON.parse(process.argv[2]));
answerCalls(
  new Proxy(
    {},
    {
      has: (_, method) => typeof person[method] === 'function',
      get:
        (_, method) =>
        (...args) =>
          person[method](...args),
    },
  ),
);
process.on('SIGTERM', () => person.close().finally(() => process.exit(0)));
