import { ValidateIf } from 'class-validator';

/** As `IsOptional`, which lets `null` pass as well: nothing behind these classes expects one. */
export function IsGivenOrAbsent(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
