import { applyDecorators } from '@nestjs/common';
import { Transform, type TransformFnParams } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique } from 'class-validator';
import { IsGivenOrAbsent } from './is-given-or-absent.js';

/** Longer lists are refused: parsing stops at the first item too many. */
const MAX_ITEMS = 50;

/** A query carries a list as `a,b` or as repeats; a body as an array. */
const asList = ({ value }: TransformFnParams): unknown =>
  typeof value === 'string' ? value.split(',', MAX_ITEMS + 1).map((item) => item.trim()) : (value as unknown);

/** A list of different items, or nothing. */
export function IsShortList(): PropertyDecorator {
  return applyDecorators(ArrayUnique(), ArrayMaxSize(MAX_ITEMS), Transform(asList), IsGivenOrAbsent());
}
