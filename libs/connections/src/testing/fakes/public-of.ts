/** What a host sees of a service: a fake has all of it, or it does not compile. */
export type PublicOf<T> = Pick<T, keyof T>;
