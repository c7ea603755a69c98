import { ExpressAdapter } from '@nestjs/platform-express';

export function adapter(): ExpressAdapter {
  return new ExpressAdapter();
}
