CREATE TABLE `tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt` (`cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc` INT PRIMARY KEY, KEY `kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk` (`cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc`), CONSTRAINT `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` CHECK (`cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc` > 0));
INSERT INTO `tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt` VALUES (1);
CREATE TABLE `éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé` (`жжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжж` INT PRIMARY KEY);
INSERT INTO `éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé` VALUES (1);
CREATE TABLE `日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日` (`列` INT PRIMARY KEY, `名前` VARCHAR(10), KEY `鍵` (`名前`));
INSERT INTO `日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日` VALUES (1, '値');
CREATE VIEW `vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv` AS SELECT * FROM `日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日`;
CREATE TRIGGER `rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr` BEFORE INSERT ON `éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé` FOR EACH ROW SET @a = 1;
