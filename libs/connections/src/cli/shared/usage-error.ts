/** The arguments cannot be used. The message repeats none of them: a secret may have been typed in the wrong place. */
export class UsageError extends Error {}
