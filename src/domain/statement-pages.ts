import { quoted } from './quoted.ts';

// Pages of statements that come by themselves, and those that are missing.

/** What a page says of itself. */
export interface Paging {
  /** Whether the statement is split into pages, or the message that it came in. */
  readonly of: 'statement' | 'message';
  /** The identifier of the message, which is another one on every page with some banks. */
  readonly message: string | null;
  /** Whether it says that no page follows; null where it does not say. */
  readonly isLast: boolean | null;
}

/** A statement, or one page of it, as a file has it. */
export interface PagePart {
  readonly number: string | null;
  readonly page: string | null;
  readonly paging: Paging | null;
}

/** A page that is missing, and next to which part of the file. */
export interface MissingPage {
  readonly part: number;
  readonly message: string;
}

/** The parts of one statement or message, by their pages. */
interface Pages {
  readonly name: string;
  readonly parts: Map<
    number,
    {
      readonly at: number;
      readonly number: string | null;
      readonly messages: Set<string>;
      readonly going: Set<string>;
    }
  >;
}

/**
 * The pages that are missing beside those that are there: the one before each, unless it `cameBefore`, and the one behind each
 * that says that it is not the last. Pages that are no numbers say nothing.
 */
export function missingPages(
  parts: readonly PagePart[],
  cameBefore: (number: string | null) => boolean = () => false,
): MissingPage[] {
  return [...pagesOf(parts)].flatMap(({ name, parts: pages }) => {
    const first = Math.min(...pages.keys());
    return [...pages].flatMap(([page, { at, number, going }]) => {
      const missing: MissingPage[] = [];
      const hasBefore = pages.has(page - 1) || (page === first && cameBefore(number));
      if (page > 1 && !hasBefore)
        missing.push({ part: at, message: `page ${page} of ${name} is in it, page ${page - 1} is not` });
      if (going.size > (pages.get(page + 1)?.messages.size ?? 0))
        missing.push({
          part: at,
          message: `page ${page} of ${name} is not the last, and page ${page + 1} is not in it`,
        });
      return missing;
    });
  });
}

function pagesOf(parts: readonly PagePart[]): Iterable<Pages> {
  const all = new Map<string, Pages>();
  for (const [at, { number, page, paging }] of parts.entries()) {
    const ofMessage = paging?.of === 'message';
    const value = Number(page);
    const name = ofMessage ? 'the message' : number === null ? null : `statement ${quoted(number)}`;
    if (page === null || name === null || !Number.isSafeInteger(value) || value < 1) continue;
    const pages = all.get(name) ?? { name, parts: new Map() };
    all.set(name, pages);
    const found = pages.parts.get(value) ?? { at, number, messages: new Set(), going: new Set() };
    pages.parts.set(value, found);
    // Pages of one statement are one message each for all that is known.
    const message = ofMessage ? (paging.message ?? '') : '';
    found.messages.add(message);
    if (paging?.isLast === false) found.going.add(message);
  }
  return all.values();
}
