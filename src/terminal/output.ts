/** What texts are written to, such as a stream. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string | Uint8Array, done: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Streams whose reader has gone, as `head` does: nothing more is written to them. */
const closed = new WeakSet<Output>();
/** Standard error: what it does not take, such as a log on a full disk, ends nothing, because nothing but talk is lost. */
const talk = new WeakSet<Output>();
const guarded = new WeakSet<Output>();
/** Errors that `writeAll` has already handed to its caller. */
const reported = new WeakSet<Error>();

/**
 * Writes a whole text and waits until the stream has taken it, so that nothing is cut off in a pipe. Resolves quietly
 * when the reader has gone, or standard error takes nothing; rejects with any other error, such as a full disk.
 */
export const writeAll = (stream: Output, text: string): Promise<void> => {
  if (closed.has(stream) || text === '') return Promise.resolve();
  guard(stream);
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) return resolve();
      reported.add(error);
      if (!readerHasGone(error) && !talk.has(stream)) return reject(error);
      closed.add(stream);
      return resolve();
    });
  });
};

/** From here on a reader that goes away ends nothing but the output to it; of standard error, also a full disk. */
export const installEpipeGuard = (stdout: Output, stderr: Output): void => {
  talk.add(stderr);
  guard(stdout);
  guard(stderr);
};

/** Whether the reader of a stream has gone, so that there is no use in preparing more. */
export const isClosed = (stream: Output): boolean => closed.has(stream);

const guard = (stream: Output): void => {
  if (guarded.has(stream)) return;
  guarded.add(stream);
  stream.on('error', (error: Error) => {
    if (readerHasGone(error) || talk.has(stream)) closed.add(stream);
    else if (!reported.has(error)) throw error;
  });
};

const READER_GONE: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

const readerHasGone = (error: Error): boolean => 'code' in error && READER_GONE.has(error.code);

const WIDTH_OF_UNKNOWN_TERMINAL = 80;

/** The columns to fit: COLUMNS when it is a positive number, else those of the terminal; Infinity in a pipe or file. */
export const terminalWidth = (
  stream: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined },
  env: Readonly<Record<string, string | undefined>>,
): number => {
  const asked = env['COLUMNS'] ?? '';
  if (/^[1-9]\d{0,4}$/.test(asked)) return Number(asked);
  if (stream.isTTY !== true) return Infinity;
  return stream.columns !== undefined && stream.columns > 0 ? stream.columns : WIDTH_OF_UNKNOWN_TERMINAL;
};
