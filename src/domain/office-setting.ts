/** Settings of the office itself, by what people call them; no environment and no config file override them. */
export const OFFICE_KEYS = ['office.mail_url', 'office.timezone', 'office.mail_from'] as const;
export type OfficeKey = (typeof OFFICE_KEYS)[number];

/** Whether a text names a setting of the office. */
export const isOfficeKey = (text: string): text is OfficeKey => OFFICE_KEYS.some((key) => key === text);
