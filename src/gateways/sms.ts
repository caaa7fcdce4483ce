/** A short text to one phone. No secrets: a provider reads it, and it may come twice. */
export interface Sms {
  /** E.164 with its plus: `+254712345678`. */
  readonly to: string;
  readonly text: string;
}

/** What a provider did with a text. Whatever is not certain is `later`: it is sent again, so it may come twice and is not lost. */
export type SmsAnswer =
  | { readonly kind: 'taken' }
  /** It will never take a text for this phone. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string };

/** The way to send texts. It does not throw for what a provider does. */
export interface SmsSender {
  send(sms: Sms): Promise<SmsAnswer>;
}
