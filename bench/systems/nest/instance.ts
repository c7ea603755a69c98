/** Provider instance of every process of the library: they are replicas of one application. */
export const INSTANCE = 'bench';
