-- The warehouse of the recorded session: 240 customers, every second one a VIP.
create table customers (id int primary key, email text, first_name text, vip boolean);
insert into customers
select i, 'customer' || i || '@shop.example', (array ['Anna', 'Lotte', 'Jef', 'Noor'])[1 + i % 4], i % 2 = 0
from generate_series(1, 240) i;
