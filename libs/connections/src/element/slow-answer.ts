const SLOW_MS = 5_000;
const STILL_SLOW_MS = 15_000;

/** Waits for an answer, and reports twice that it is slow: silence looks like a page that is broken. */
export async function reportingSlowness<T>(
  answer: Promise<T>,
  report: (how: 'slow' | 'stillSlow') => void,
): Promise<T> {
  const timers = [
    setTimeout(() => report('slow'), SLOW_MS),
    setTimeout(() => report('stillSlow'), STILL_SLOW_MS),
  ];
  try {
    return await answer;
  } finally {
    timers.forEach((timer) => clearTimeout(timer));
  }
}
