import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { isReached, type Moment } from './moments.ts';

/**
 * What becomes of a transaction that is at its moment: it stands still there; the answer to its COMMIT is lost, or the COMMIT itself
 * on its way; or the server says that its disk is full, and keeps nothing.
 */
export type Fate = 'stand' | 'lose_answer' | 'lose_commit' | 'full';

/** A gate between the tool and its Postgres, which reads what passes and can close at one exact statement. */
export interface PostgresGate {
  /** The same database, through the gate. */
  through(url: string): string;
  /** Waits until a transaction is at the moment, once, and does so to it. Answers what lets it go on. */
  close(moment: Moment, fate?: Fate): Promise<() => void>;
  end(): Promise<void>;
}

interface Plan {
  readonly moment: Moment;
  readonly fate: Fate;
  readonly reached: (release: () => void) => void;
}

interface Planned {
  plan: Plan | null;
}

/** Opens a gate before the server of that URL. */
export async function openPostgresGate(server: string): Promise<PostgresGate> {
  const { hostname, port } = new URL(server);
  const planned: Planned = { plan: null };
  const sockets = new Set<Socket>();
  const gate = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    sockets.add(client).add(upstream);
    new Passage({ client, server: upstream }, planned).open();
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const place = (gate.address() as AddressInfo).port;
  return {
    through: (url) => Object.assign(new URL(url), { port: String(place) }).href,
    close: (moment, fate = 'stand') => new Promise((reached) => (planned.plan = { moment, fate, reached })),
    end: () =>
      new Promise((resolve) => {
        gate.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const nothing = (): void => undefined;

/** One connection. */
class Passage {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #planned: Planned;
  /** The statements that the server was told of, by their names. */
  readonly #prepared = new Map<string, string>();
  /** What has run in the transaction. */
  #statements: string[] = [];
  /** What the client has said since it stands still; null while it does not. */
  #waiting: Buffer[] | null = null;
  /** Who is told of what the server answers, instead of the client. */
  #answered: ((piece: Buffer) => void) | null = null;

  constructor({ client, server }: { readonly client: Socket; readonly server: Socket }, planned: Planned) {
    this.#client = client;
    this.#server = server;
    this.#planned = planned;
  }

  open(): void {
    const [client, server] = [this.#client, this.#server];
    const read = messages(true, (message) => this.#hear(message));
    client.on('data', read);
    server.on('data', (piece) => (this.#answered === null ? void client.write(piece) : this.#answered(piece)));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // Whoever is killed leaves in the middle: that is what it is for.
      one.on('error', nothing);
      one.on('close', () => other.destroy());
    }
  }

  #hear(message: Buffer): void {
    if (this.#waiting !== null) return void this.#waiting.push(message);
    const [type, ...texts] = wordsOf(message);
    if (type === 'P') this.#prepared.set(texts[0] ?? '', texts[1] ?? '');
    if (type === 'B') this.#statements.push(this.#prepared.get(texts[1] ?? '') ?? '');
    if (type === 'Q' && texts[0]?.startsWith('BEGIN') === true) this.#statements = [];
    if (type === 'Q' && texts[0] === 'COMMIT') return this.#commit(message);
    this.#server.write(message);
    if (type !== 'E') return;
    const plan = this.#planIf((at) => at === 'inside');
    if (plan !== null) this.#stand(plan, () => undefined);
  }

  #commit(message: Buffer): void {
    const plan = this.#planIf((at) => at === 'before_commit' || at === 'after_commit');
    if (plan === null) return void this.#server.write(message);
    switch (plan.fate) {
      case 'stand':
        if (plan.moment.at === 'before_commit') return this.#stand(plan, () => this.#hear(message));
        return this.#ask(message, (answer) => this.#stand(plan, () => this.#client.write(answer)));
      case 'lose_answer':
        return this.#ask(message, () => this.#lose(plan));
      case 'lose_commit':
        return this.#lose(plan);
      case 'full':
        return this.#ask(framed('Q', 'ROLLBACK\0'), () => {
          this.#client.write(DISK_FULL);
          plan.reached(nothing);
        });
    }
  }

  /** The plan, if this transaction is at its moment: it is carried out once. */
  #planIf(fits: (at: Moment['at']) => boolean): Plan | null {
    const { plan } = this.#planned;
    if (plan === null || !fits(plan.moment.at) || !isReached(plan.moment, this.#statements, plan.moment.at))
      return null;
    this.#planned.plan = null;
    return plan;
  }

  #stand(plan: Plan, then: () => void): void {
    this.#waiting = [];
    plan.reached(() => {
      const waiting = this.#waiting ?? [];
      this.#waiting = null;
      then();
      for (const message of waiting) this.#hear(message);
    });
  }

  /** Asks the server, and keeps its answer from the client. Before a COMMIT everything else has been answered. */
  #ask(message: Buffer, then: (answer: Buffer) => void): void {
    const kept: Buffer[] = [];
    const read = messages(false, (answer) => {
      kept.push(answer);
      if (wordsOf(answer)[0] !== 'Z') return;
      this.#answered = null;
      then(Buffer.concat(kept));
    });
    this.#answered = read;
    this.#server.write(message);
  }

  #lose(plan: Plan): void {
    this.#client.destroy();
    plan.reached(nothing);
  }
}

/** Cuts what arrives into messages (postgresql.org/docs/current/protocol-message-formats.html); the first of a client has no type. */
function messages(startup: boolean, hear: (message: Buffer) => void): (piece: Buffer) => void {
  let rest = Buffer.alloc(0);
  let types = startup ? 0 : 1;
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= types + 4) {
      const length = types + rest.readInt32BE(types);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      types = 1;
      hear(message);
    }
  };
}

/** Its type, and the texts that it begins with. */
const wordsOf = (message: Buffer): string[] => [
  message.toString('latin1', 0, 1),
  ...message.toString('utf8', 5).split('\0', 3),
];

function framed(type: string, body: string): Buffer {
  const text = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

/** As Postgres says it when a table cannot grow, with the transaction taken back by then. */
const DISK_FULL = Buffer.concat([
  framed('E', 'SERROR\0VERROR\0C53100\0Mcould not extend file "base/1/1": No space left on device\0\0'),
  framed('Z', 'I'),
]);
