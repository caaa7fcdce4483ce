/** One plain message to one person, with HTML beside the text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Sends mail or throws Problem external (exit 9) when it certainly was not taken. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
