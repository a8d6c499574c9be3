-- Folded texts are filled anew: white space around a character that is not folded, such as a zero-width space, is one space from now on.
select 1;
