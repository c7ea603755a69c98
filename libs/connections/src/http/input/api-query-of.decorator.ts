import type { Type } from '@nestjs/common';

/** Metadata of `@nestjs/swagger`, which exports no names of them. */
const PARAMETERS = 'swagger/apiParameters';
const PROPERTY = 'swagger/apiModelProperties';
const PROPERTY_NAMES = 'swagger/apiModelPropertiesArray';

/**
 * Describes the query of a route by the properties of a class, as Nest describes that of a `@Query()` parameter. `@ApiQuery` with a
 * class leaves out the enums of its properties.
 *
 * @param shape - properties with `@ApiProperty()`
 */
export function ApiQueryOf(shape: Type): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    const others = (Reflect.getMetadata(PARAMETERS, handler) ?? []) as readonly unknown[];
    Reflect.defineMetadata(PARAMETERS, [...others, ...parametersOf(shape.prototype as object)], handler);
  };
}

function parametersOf(prototype: object): object[] {
  const names = (Reflect.getMetadata(PROPERTY_NAMES, prototype) ?? []) as readonly string[];
  return names
    .map((name) => name.replace(/^:/, ''))
    .map((name) => {
      const property = Reflect.getMetadata(PROPERTY, prototype, name) as object;
      return { name, required: true, in: 'query', ...property };
    });
}
