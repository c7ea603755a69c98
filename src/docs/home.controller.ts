import { Controller, Get, HttpCode, Inject, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { APP_CONFIG, type AppConfig } from '../config/app.config.js';

/** The paths that browsers request by themselves. `/` redirects to the documentation. */
@ApiExcludeController()
@Controller()
export class HomeController {
  constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {}

  @Get()
  @Redirect()
  home(): { url: string; statusCode: number } {
    return { url: `${this.config.publicUrl}/docs`, statusCode: 302 };
  }

  /** Browsers ask for it beside every JSON answer that they show. */
  @Get('favicon.ico')
  @HttpCode(204)
  icon(): void {
    // There is no icon.
  }
}
