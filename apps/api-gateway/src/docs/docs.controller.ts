import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';
import { openApiDocument } from './openapi.js';
import { apiPage, errorsPage } from './pages.js';

const swaggerFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const html = 'text/html; charset=utf-8';

@Controller()
export class DocsController {
  /** Assembled when it is first asked for: that takes longer than a start should wait. */
  private document: string | undefined;

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  openApi(): string {
    this.document ??= JSON.stringify(openApiDocument());
    return this.document;
  }

  @Get('docs')
  @Header('content-type', html)
  api(): string {
    return apiPage;
  }

  @Get('docs/errors')
  @Header('content-type', html)
  errors(): string {
    return errorsPage;
  }

  @Get('docs/swagger-ui.css')
  @Header('content-type', 'text/css; charset=utf-8')
  style(): Promise<Buffer> {
    return readFile(join(swaggerFolder, 'swagger-ui.css'));
  }

  @Get('docs/swagger-ui-bundle.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): Promise<Buffer> {
    return readFile(join(swaggerFolder, 'swagger-ui-bundle.js'));
  }
}
