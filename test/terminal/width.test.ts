import { expect, test } from 'vitest';
import { wrapWords } from '../../src/terminal/width.ts';

test('a currency stays with its figure', () => {
  const line = 'Fund BANK: KES 1,498,300.00 > KES 1,495,800.00';
  expect(wrapWords(line, 44)).toEqual(['Fund BANK: KES 1,498,300.00 >', 'KES 1,495,800.00']);
  expect(wrapWords('Fund MPESA has KES -50.00', 21)).toEqual(['Fund MPESA has', 'KES -50.00']);
});

test('where both do not fit one line they part rather than break the figure', () => {
  expect(wrapWords('has KES 1,495,800.00', 16)).toEqual(['has', 'KES 1,495,800.00']);
  expect(wrapWords('has KES 1,495,800.00', 15)).toEqual(['has KES', '1,495,800.00']);
});

test('three capitals before a word are a word', () => {
  expect(wrapWords('the OTP was sent', 8)).toEqual(['the OTP', 'was sent']);
});
