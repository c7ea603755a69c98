import * as swagger from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { swaggerDecorators } from './swagger.js';

function failing(code: string, message: string): () => never {
  return () => {
    throw Object.assign(new Error(message), { code });
  };
}

describe('swaggerDecorators', () => {
  it('should give those of the host', () => {
    expect(swaggerDecorators(() => swagger).ApiProperty).toBe(swagger.ApiProperty);
  });

  it('should give decorators that do nothing when the package is absent', () => {
    const absent = swaggerDecorators(failing('MODULE_NOT_FOUND', "Cannot find module '@nestjs/swagger'"));
    class Dto {
      id = '';
    }
    expect(absent.ApiProperty({ example: 1 })(Dto.prototype, 'id')).toBeUndefined();
    expect(absent.ApiTags('connections')(Dto)).toBeUndefined();
    expect(absent.getSchemaPath(Dto)).toBe('');
    expect(Reflect.getMetadataKeys(Dto)).toEqual([]);
  });

  it('should not hide that an installed package does not load', () => {
    const broken = failing('MODULE_NOT_FOUND', "Cannot find module 'js-yaml'");
    expect(() => swaggerDecorators(broken)).toThrow("Cannot find module 'js-yaml'");
    expect(() => swaggerDecorators(failing('ERR_REQUIRE_ESM', 'require() of ES Module'))).toThrow(
      'require()',
    );
  });
});
